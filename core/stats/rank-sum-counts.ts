/**
 * In how many ways a sample can be drawn out of groups of equal values, by twice the Mann–Whitney U that it would have:
 * entry `2u` is a count of draws. It adds one group of ties after the other to what can be reached so far (the shift
 * algorithm of Streitberg and Röhmel, 1986), so ties are counted, never approximated. Counts are whole numbers up to
 * some fifty values in all; beyond, they are rounded like any other number.
 *
 * Example: of three different values, a sample of one: rankSumCounts([1, 1, 1], 1) is [1, 0, 1, 0, 1].
 */
export function rankSumCounts(groups: readonly number[], size: number): Float64Array {
  const all = groups.reduce((sum, group) => sum + group, 0);
  const width = 2 * size * (all - size) + 1;
  const ways = Array.from({ length: size + 1 }, () => new Float64Array(width));
  const none = ways[0];
  if (none) none[0] = 1;
  let before = 0;
  for (const group of groups) {
    for (let drawn = size; drawn >= 1; drawn -= 1) {
      for (let taken = 1; taken <= Math.min(group, drawn); taken += 1) {
        // Each value drawn from here stands above the undrawn of earlier groups, and half above those of its own.
        const undrawn = before - (drawn - taken);
        if (undrawn < 0) continue;
        const gain = taken * (2 * undrawn + group - taken);
        addShifted(ways[drawn - taken], ways[drawn], gain, chosen(group, taken));
      }
    }
    before += group;
  }
  return ways[size] ?? new Float64Array(width);
}

function addShifted(
  from: Float64Array | undefined,
  to: Float64Array | undefined,
  by: number,
  times: number,
): void {
  if (!from || !to) return;
  for (let index = 0; index + by < to.length; index += 1)
    to[index + by] = (to[index + by] ?? 0) + times * (from[index] ?? 0);
}

function chosen(from: number, taken: number): number {
  let ways = 1;
  for (let step = 1; step <= taken; step += 1) ways = (ways * (from - taken + step)) / step;
  return Math.round(ways);
}
