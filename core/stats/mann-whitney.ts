import { normalBelow } from "./normal-below.ts";
import { deviationOfRankSum, type RankSum, rankSum, tiesWithin } from "./rank-sum.ts";
import { rankSumCounts } from "./rank-sum-counts.ts";

/** What is asked of the first sample: that it lies higher, lower, or either of them. */
export type Side = "either" | "higher" | "lower";

export type MannWhitney = {
  /** Pairs in which the first sample's value is the higher one; equal ones count half. */
  u: number;
  /** The same as a share of all pairs: 0.5 is no difference (Vargha and Delaney's A). */
  superiority: number;
  /** The chance of a u as far out as this, were there no difference. */
  chance: number;
  exact: boolean;
};

/**
 * Whether the values of one sample tend to lie above those of another (Mann and Whitney 1947). Up to `exactUpTo` values
 * in all, every draw out of the values at hand is counted, ties as they are; beyond, u is normal with the variance that
 * ties leave it, and half a pair is given away for its steps. It takes values to be independent of each other: windows
 * of one rollout are not, and looking at every window is not one test. `undefined` where a sample is empty.
 *
 * Example: mannWhitney([5, 6, 7], [1, 2, 3]) has u 9 and chance 0.1: two of the twenty ways to draw three are as far out.
 */
export function mannWhitney(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  { side = "either", exactUpTo = 30 }: { side?: Side; exactUpTo?: number } = {},
): MannWhitney | undefined {
  if (first.length === 0 || second.length === 0) return undefined;
  const sortedFirst = Float64Array.from(first).sort();
  const sortedSecond = Float64Array.from(second).sort();
  const within = tiesWithin(sortedFirst) + tiesWithin(sortedSecond);
  const sum = rankSum(sortedFirst, sortedSecond, 0, within, { u: 0, ties: 0 });
  const exact = first.length + second.length <= exactUpTo;
  return {
    u: sum.u,
    superiority: sum.u / (first.length * second.length),
    chance: exact
      ? countedChance(sum.u, groupsOf(sortedFirst, sortedSecond), first.length, side)
      : normalChance(sum, first.length, second.length, side),
    exact,
  };
}

/** The chance by the normal approximation, with corrections for ties and for the steps of u. */
export function normalChance(
  { u, ties }: RankSum,
  firstSize: number,
  secondSize: number,
  side: Side,
): number {
  const deviation = deviationOfRankSum(firstSize, secondSize, ties);
  // All values are equal: nothing speaks for a difference.
  if (!(deviation > 0)) return 1;
  const above = u - (firstSize * secondSize) / 2;
  if (side === "higher") return normalBelow(-(above - 0.5) / deviation);
  if (side === "lower") return normalBelow((above + 0.5) / deviation);
  return Math.min(1, 2 * normalBelow(-(Math.abs(above) - 0.5) / deviation));
}

function countedChance(u: number, groups: number[], firstSize: number, side: Side): number {
  const counts = rankSumCounts(groups, firstSize);
  let lower = 0;
  let higher = 0;
  let all = 0;
  for (let doubled = 0; doubled < counts.length; doubled += 1) {
    const count = counts[doubled] ?? 0;
    all += count;
    if (doubled <= 2 * u) lower += count;
    if (doubled >= 2 * u) higher += count;
  }
  if (side === "higher") return higher / all;
  if (side === "lower") return lower / all;
  return Math.min(1, (2 * Math.min(lower, higher)) / all);
}

/** How many values are equal to each other, from the lowest value to the highest. */
function groupsOf(first: Float64Array, second: Float64Array): number[] {
  const all = new Float64Array(first.length + second.length);
  all.set(first);
  all.set(second, first.length);
  all.sort();
  const groups: number[] = [];
  let start = 0;
  for (let index = 1; index <= all.length; index += 1) {
    if (index < all.length && all[index] === all[start]) continue;
    groups.push(index - start);
    start = index;
  }
  return groups;
}
