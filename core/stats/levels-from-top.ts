/**
 * Places of equal values together, the greatest value first.
 *
 * Example: levelsFromTop([1, 3, 1]) is [[1], [0, 2]].
 */
export function levelsFromTop(values: ArrayLike<number>): Int32Array[] {
  const order = Int32Array.from(values, (_, place) => place);
  order.sort((one, two) => (values[two] ?? 0) - (values[one] ?? 0) || one - two);
  const levels: Int32Array[] = [];
  let from = 0;
  for (let at = 1; at <= order.length; at += 1) {
    if (at < order.length && values[order[at] ?? 0] === values[order[from] ?? 0]) continue;
    levels.push(order.subarray(from, at));
    from = at;
  }
  return levels;
}
