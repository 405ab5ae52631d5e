import { expect, test } from "vitest";
import { autocovariance } from "../../../core/stats/autocovariance.ts";
import { bucketQuantile } from "../../../core/stats/bucket-quantile.ts";
import { compareQuantiles } from "../../../core/stats/compare-quantiles.ts";
import { dispersionOfShares } from "../../../core/stats/dispersion.ts";
import { ewmaDrift } from "../../../core/stats/ewma-drift.ts";
import { findRoot } from "../../../core/stats/find-root.ts";
import { hodgesLehmann } from "../../../core/stats/hodges-lehmann.ts";
import { incompleteBeta } from "../../../core/stats/incomplete-beta.ts";
import { linearQuantile } from "../../../core/stats/linear-quantile.ts";
import { mannWhitney } from "../../../core/stats/mann-whitney.ts";
import { mannWhitneyBuckets } from "../../../core/stats/mann-whitney-buckets.ts";
import { minimize } from "../../../core/stats/minimize.ts";
import { rankSum } from "../../../core/stats/rank-sum.ts";
import { rankSumCounts } from "../../../core/stats/rank-sum-counts.ts";
import { robustScale, robustScore } from "../../../core/stats/robust-score.ts";
import { selectDifference } from "../../../core/stats/select-difference.ts";
import { twoProportions } from "../../../core/stats/two-proportions.ts";
import { valueAtRank } from "../../../core/stats/value-at-rank.ts";
import { varianceOfMean } from "../../../core/stats/variance-of-mean.ts";
import { wilsonInterval } from "../../../core/stats/wilson-interval.ts";

/** The examples of the comments, as they stand there. */

const of = (...values: number[]) => Float64Array.of(...values);

test.each<[string, () => unknown, unknown]>([
  ["autocovariance", () => autocovariance([1, 2, 3, 4], 1), [1.25, 0.3125]],
  ["varianceOfMean", () => varianceOfMean([1, 2, 3, 4], { lags: 1 }), 0.390625],
  ["linearQuantile", () => linearQuantile(of(1, 2, 3, 4), 0.25), 1.75],
  ["mannWhitney", () => mannWhitney([5, 6, 7], [1, 2, 3]), { u: 9, chance: 0.1 }],
  ["mannWhitneyBuckets", () => mannWhitneyBuckets([10, 30, 60], [20, 40, 40]), { u: 6100 }],
  ["rankSum", () => rankSum(of(1, 3), of(2, 3), 0, 0, { u: 0, ties: 0 }), { u: 1.5, ties: 6 }],
  ["rankSumCounts", () => [...rankSumCounts([1, 1, 1], 1)], [1, 0, 1, 0, 1]],
  ["hodgesLehmann", () => hodgesLehmann([3, 4, 5], [1, 2, 3]), { estimate: 2 }],
  ["selectDifference", () => selectDifference(of(1, 4), of(0, 1), 2), 1],
  ["valueAtRank", () => valueAtRank({ bounds: [1, 2], counts: [2, 2, 0] }, 3, "linear"), 1.5],
  ["robustScore", () => robustScore(6, { centre: 3, scale: 1.5 }), 2],
])("%s", (_, found, expected) => {
  if (typeof expected === "object" && !Array.isArray(expected)) expect(found()).toMatchObject(expected ?? {});
  else expect(found()).toEqual(expected);
});

test.each<[string, () => number | undefined, number, number]>([
  ["bucketQuantile", () => bucketQuantile({ bounds: [0.1, 0.2], counts: [50, 50, 0] }, 0.75)?.value, 0.15, 6],
  [
    "its error",
    () => bucketQuantile({ bounds: [0.1, 0.2], counts: [50, 50, 0] }, 0.75)?.standardError,
    0.0087,
    4,
  ],
  [
    "compareQuantiles",
    () =>
      compareQuantiles(
        { bounds: [1, 2, 4], counts: [10, 80, 10] },
        { bounds: [1, 2, 4], counts: [80, 10, 10] },
        0.5,
      )?.ratio,
    2.4,
    6,
  ],
  ["dispersionOfShares", () => dispersionOfShares([1, 5, 9], [100, 100, 100])?.factor, 3.37, 2],
  [
    "ewmaDrift",
    () => ewmaDrift([11, 12], { centre: 10, deviation: 1, newest: 0.2 })[1]?.average ?? 0,
    10.56,
    6,
  ],
  ["its limit", () => ewmaDrift([11, 12], { centre: 10, deviation: 1, newest: 0.2 })[1]?.upper, 10.77, 2],
  [
    "findRoot",
    () => findRoot((x) => x * x - 2, { at: 0, value: -2 }, { at: 2, value: 2 }, 1e-9),
    Math.SQRT2,
    9,
  ],
  ["incompleteBeta", () => incompleteBeta(0.5, 2, 3), 0.6875, 9],
  [
    "minimize",
    () =>
      minimize((x) => ((x[0] ?? 0) - 3) ** 2, [0], { steps: [1], mostEvaluations: 500, tolerance: 1e-10 })
        .at[0],
    3,
    5,
  ],
  ["robustScale", () => robustScale([1, 2, 3, 4, 100])?.scale, 1.4826, 4],
  [
    "twoProportions",
    () => twoProportions({ bad: 20, total: 1000 }, { bad: 10, total: 1000 })?.difference.lower,
    -0.0009,
    4,
  ],
  [
    "its upper end",
    () => twoProportions({ bad: 20, total: 1000 }, { bad: 10, total: 1000 })?.difference.upper,
    0.0216,
    4,
  ],
  ["wilsonInterval", () => wilsonInterval(5, 100, 1.959964).lower, 0.0215, 4],
])("%s", (_, found, expected, digits) => expect(found()).toBeCloseTo(expected, digits));
