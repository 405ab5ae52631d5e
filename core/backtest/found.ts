/**
 * How many failures stand among the first rows, a level of equal scores by its share: no order within it may count. Each
 * row counts as often as `counts` says; `places` rise.
 *
 * Example: of the levels [[0], [1, 2]] with a failure at 1, half a failure stands among the first two.
 */
export function foundAmong(
  levels: readonly Int32Array[],
  labels: ArrayLike<number>,
  places: readonly number[],
  counts?: ArrayLike<number>,
): number[] {
  const found = places.map(() => Number.NaN);
  let [seen, failures, next] = [0, 0, 0];
  for (const rows of levels) {
    let [here, failuresHere] = [0, 0];
    for (const row of rows) {
      const count = counts?.[row] ?? 1;
      here += count;
      if (labels[row] === 1) failuresHere += count;
    }
    for (; here > 0 && (places[next] ?? Number.POSITIVE_INFINITY) <= seen + here; next += 1)
      found[next] = failures + (failuresHere * ((places[next] ?? 0) - seen)) / here;
    seen += here;
    failures += failuresHere;
  }
  return found;
}
