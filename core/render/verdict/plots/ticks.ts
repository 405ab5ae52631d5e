/** Where the marks of an axis stand: round numbers about a range, four or five of them. */

/** Differences of what is beyond this are no numbers any more. */
const farthest = 1e300;

export function bounded(value: number): number {
  return Math.min(farthest, Math.max(-farthest, value));
}

export function niceTicks(least: number, most: number): number[] {
  const [low, high] = [Math.min(least, most), Math.max(least, most)];
  const apart = roundStep((high - low) / 4);
  const first = Math.floor(low / apart + 1e-9);
  const last = Math.ceil(high / apart - 1e-9);
  const count = last - first + 1;
  if (!(apart > 0) || !(count >= 2) || count > 12) return [low, high > low ? high : low + 1];
  return Array.from({ length: count }, (_, index) => (first + index) * apart).filter(Number.isFinite);
}

function roundStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(rough));
  const digit = [1, 2, 5].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  return digit * power;
}

/** A range about values: with room where all are equal, down to zero where zero is near. */
export function rangeOf(values: readonly number[], withZero = false): { least: number; most: number } {
  if (values.length === 0) return { least: 0, most: 1 };
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    least = Math.min(least, bounded(value));
    most = Math.max(most, bounded(value));
  }
  const isNearZero = least >= 0 && least <= most * 0.6;
  if (withZero || isNearZero) least = Math.min(0, least);
  if (withZero) most = Math.max(0, most);
  const spread = most - least;
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (spread > size * 1e-9) return { least, most };
  const room = size > 1e-290 ? size * 0.1 : 1;
  return { least: least - (least > 0 || withZero ? room : 0), most: most + room };
}
