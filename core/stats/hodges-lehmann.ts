import { normalQuantile } from "./normal-quantile.ts";
import { deviationOfRankSum } from "./rank-sum.ts";
import { rankSumCounts } from "./rank-sum-counts.ts";
import { selectDifference } from "./select-difference.ts";

export type Shift = {
  estimate: number;
  /** −Infinity and Infinity where there are too few values to bound the shift with this confidence. */
  lower: number;
  upper: number;
};

/**
 * By how much the first sample lies above the second: the median of all differences between a value of one and a value
 * of the other (Hodges and Lehmann 1963). The interval is Moses': the differences at the same rank from both ends, the
 * rank taken from the distribution of Mann and Whitney's u, counted up to `exactUpTo` values in all and normal beyond.
 * Ties make it wider than it promises, never narrower. `undefined` where a sample is empty.
 *
 * Example: hodgesLehmann([3, 4, 5], [1, 2, 3]).estimate is 2.
 */
export function hodgesLehmann(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  { confidence = 0.95, exactUpTo = 30 }: { confidence?: number; exactUpTo?: number } = {},
): Shift | undefined {
  const pairs = first.length * second.length;
  if (pairs === 0) return undefined;
  const sortedFirst = Float64Array.from(first).sort();
  const sortedSecond = Float64Array.from(second).sort();
  const middle = selectDifference(sortedFirst, sortedSecond, Math.floor((pairs + 1) / 2));
  const estimate =
    pairs % 2 === 1
      ? middle
      : middle + (selectDifference(sortedFirst, sortedSecond, pairs / 2 + 1) - middle) / 2;
  const tail = (1 - confidence) / 2;
  const rank =
    first.length + second.length <= exactUpTo
      ? countedRank(first.length, second.length, tail)
      : normalRank(first.length, second.length, tail);
  if (rank < 1) return { estimate, lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  return {
    estimate,
    lower: selectDifference(sortedFirst, sortedSecond, rank),
    upper: selectDifference(sortedFirst, sortedSecond, pairs + 1 - rank),
  };
}

/** The highest rank with at most `tail` of all draws below it. */
function countedRank(firstSize: number, secondSize: number, tail: number): number {
  const different = Array.from({ length: firstSize + secondSize }, () => 1);
  const counts = rankSumCounts(different, firstSize);
  const all = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let u = 0; 2 * u < counts.length; u += 1) {
    below += counts[2 * u] ?? 0;
    if (below > tail * all) return u;
  }
  return 0;
}

function normalRank(firstSize: number, secondSize: number, tail: number): number {
  const deviation = deviationOfRankSum(firstSize, secondSize, 0);
  return Math.floor((firstSize * secondSize) / 2 + 0.5 + normalQuantile(tail) * deviation);
}
