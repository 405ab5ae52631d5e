import { findRoot } from "../../stats/find-root.ts";
import type { Shift } from "../../stats/hodges-lehmann.ts";
import { deviationOfRankSum, type RankSum, rankSum, tiesWithin } from "../../stats/rank-sum.ts";
import { type Crossing, crossings, uAmong } from "./crossings.ts";

/** Kayenta's solver stops here, so the last digits of its intervals are those of the solver and not of the data. */
const tolerance = 1e-4;

/** So few differences are looked at one by one, in place of walks along both samples. */
const few = 24;

/**
 * How far the first sorted sample lies above the second, as Kayenta and R's wilcox.test(conf.int, exact = FALSE) say it:
 * the shifts at which the normal approximation of Mann and Whitney's test, with its corrections for ties and for steps,
 * reaches 0 and ± `z`. It is not the interval of core/stats/hodges-lehmann.ts, which has no solver in it; equal answers
 * to Kayenta's, near a threshold above all, need the same search.
 */
export function kayentaShift(first: Float64Array, second: Float64Array, z: number): Shift {
  const least = (first[0] ?? 0) - (second.at(-1) ?? 0);
  const most = (first.at(-1) ?? 0) - (second[0] ?? 0);
  const within = tiesWithin(first) + tiesWithin(second);
  const endAt = (at: number): End => {
    const sum = rankSum(first, second, at, within, { u: 0, ties: 0 });
    return { at, u: sum.u, value: standardised(sum, first.length, second.length) };
  };
  const ends: Ends = { low: endAt(least), high: endAt(most), within };
  return {
    estimate: shiftWhere(0, first, second, ends),
    lower: ends.low.value <= z ? least : shiftWhere(z, first, second, ends),
    upper: ends.high.value >= -z ? most : shiftWhere(-z, first, second, ends),
  };
}

type End = { at: number; u: number; value: number };
type Ends = {
  low: End;
  high: End;
  /** The tie term of both samples where no value of one equals one of the other. */
  within: number;
};

function shiftWhere(quantile: number, first: Float64Array, second: Float64Array, ends: Ends): number {
  const sum: RankSum = { u: 0, ties: 0 };
  let { low, high }: Record<"low" | "high", Omit<End, "value">> = ends;
  let left: Crossing | undefined;
  const measured = (shift: number): number => {
    // The search stays between the two nearest shifts on either side of the root, and soon little lies between them.
    if (!left && low.u - high.u <= few) left = crossings(first, second, low.at, high.at);
    const u = left && uAmong(left, shift);
    if (u === undefined) rankSum(first, second, shift, ends.within, sum);
    else {
      sum.u = u;
      sum.ties = ends.within;
    }
    const value = standardised(sum, first.length, second.length) - quantile;
    if (value > 0) low = { at: shift, u: sum.u };
    else high = { at: shift, u: sum.u };
    return value;
  };
  return findRoot(
    measured,
    { at: low.at, value: ends.low.value - quantile },
    { at: high.at, value: ends.high.value - quantile },
    tolerance,
  );
}

function standardised({ u, ties }: RankSum, firstSize: number, secondSize: number): number {
  const above = u - (firstSize * secondSize) / 2;
  const deviation = deviationOfRankSum(firstSize, secondSize, ties);
  // All tied by rounding, which Kayenta calls an error: no evidence either way.
  return deviation > 0 ? (above - Math.sign(above) / 2) / deviation : 0;
}
