/** The next number above, of those that a machine has. */
export function nextAbove(value: number): number {
  if (!Number.isFinite(value)) return value;
  if (value === 0) return Number.MIN_VALUE;
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  bits.setBigInt64(0, bits.getBigInt64(0) + (value > 0 ? 1n : -1n));
  return bits.getFloat64(0);
}

/** The least number that is not below the threshold once it is rounded to single precision, as XGBoost reads it. */
export function singleThreshold(threshold: number): number {
  const single = Math.fround(threshold);
  if (!Number.isFinite(single)) return single;
  const middle = (singleBelow(single) + single) / 2;
  return Math.fround(middle) >= single ? middle : nextAbove(middle);
}

function singleBelow(single: number): number {
  const bits = new DataView(new ArrayBuffer(4));
  bits.setFloat32(0, single);
  // From nothing the way down leads to the least number below it, whose bits begin with the sign.
  bits.setInt32(0, single === 0 ? -0x7fffffff : bits.getInt32(0) + (single > 0 ? -1 : 1));
  return bits.getFloat32(0);
}
