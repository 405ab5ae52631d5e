import { aucByCounts } from "../stats/auc.ts";
import { averagePrecisionByCounts } from "../stats/average-precision.ts";
import { brier } from "../stats/brier.ts";
import { expectedCalibrationError } from "../stats/expected-calibration-error.ts";
import { levelsFromTop } from "../stats/levels-from-top.ts";
import type { Arm } from "./arms.ts";
import { foundByEffort, idealOrder } from "./effort.ts";
import { foundAmong } from "./found.ts";

/** What is measured of an arm, each a number that rows counted several times give as well. */
export const measures = [
  "auc",
  "pr_auc",
  "brier",
  "ece",
  "precision_at_20",
  "precision_at_100",
  "recall_at_5_percent",
  "recall_at_10_percent",
  "recall_at_20_percent",
  "recall_at_50_percent",
  "recall_critical_at_20_percent",
  "recall_other_at_20_percent",
  "recall_at_20_percent_effort",
  "popt",
  "recall_by_bands",
  "recall_by_approval",
  "unneeded_canaries_per_100",
  "unneeded_blue_greens_per_100",
  "unneeded_approvals_per_100",
  "held_up_of_well",
] as const;
export type Measure = (typeof measures)[number];
/** NaN where it cannot be told. */
export type Measured = Record<Measure, number>;

/** The tested changes, oldest first. */
export type Tested = {
  labels: Uint8Array;
  effort: Float64Array;
  /** 1: it touched a critical service; null: nobody wrote down which are. */
  critical: Uint8Array | null;
};

const gated = [0.05, 0.1, 0.2, 0.5];
const firsts = [20, 100];

/** Sorted once; each call then counts. */
export function measureOf(
  { scores, probabilities, placed, worth }: Arm,
  { labels, effort, critical }: Tested,
): (counts?: ArrayLike<number>) => Measured {
  const levels = levelsFromTop(scores);
  const auc = aucByCounts(scores, labels);
  const precision = averagePrecisionByCounts(scores, labels);
  const byWorth = levelsFromTop(worth);
  const best = idealOrder(labels, effort);
  const worst = best.toReversed();
  const others = critical && labels.map((label, row) => (critical[row] === 1 ? 0 : label));
  const criticals = critical && labels.map((label, row) => (critical[row] === 1 ? label : 0));
  return (counts) => {
    const all = sumOf(labels.length, (row) => counts?.[row] ?? 1);
    const failed = (own: Uint8Array): number =>
      sumOf(labels.length, (row) => (counts?.[row] ?? 1) * (own[row] ?? 0));
    const places = gated.map((share) => share * all);
    const [at5 = 0, at10 = 0, at20 = 0, at50 = 0] = foundAmong(levels, labels, places, counts);
    const [first20 = 0, first100 = 0] = foundAmong(levels, labels, firsts, counts);
    const among = (own: Uint8Array | null): number =>
      own === null ? Number.NaN : (foundAmong(levels, own, [0.2 * all], counts)[0] ?? 0) / failed(own);
    const read = foundByEffort(byWorth, labels, effort, [0.2], counts);
    const most = foundByEffort(best, labels, effort, [], counts).area;
    const least = foundByEffort(worst, labels, effort, [], counts).area;
    const failures = failed(labels);
    return {
      auc: auc(counts),
      pr_auc: precision(counts),
      brier: probabilities === null ? Number.NaN : brier(probabilities, labels, counts),
      ece: probabilities === null ? Number.NaN : expectedCalibrationError(probabilities, labels, counts),
      precision_at_20: first20 / 20,
      precision_at_100: first100 / 100,
      recall_at_5_percent: at5 / failures,
      recall_at_10_percent: at10 / failures,
      recall_at_20_percent: at20 / failures,
      recall_at_50_percent: at50 / failures,
      recall_critical_at_20_percent: among(criticals),
      recall_other_at_20_percent: among(others),
      recall_at_20_percent_effort: read.recall[0] ?? Number.NaN,
      popt: 1 - (most - read.area) / (most - least),
      ...burdenOf(placed, labels, counts),
    };
  };
}

/** What a policy's bands catch, and what they ask for without need. */
function burdenOf(placed: Arm["placed"], labels: Uint8Array, counts?: ArrayLike<number>) {
  const well = { all: 0, canary: 0, blueGreen: 0, approval: 0, heldUp: 0 };
  const failed = { all: 0, caught: 0, approval: 0 };
  for (let row = 0; row < labels.length; row += 1) {
    const count = counts?.[row] ?? 1;
    const way = placed?.way[row] ?? 0;
    const asks = placed?.asks[row] === 1;
    if (labels[row] === 1) {
      failed.all += count;
      if (way > 0 || asks) failed.caught += count;
      if (asks) failed.approval += count;
    } else {
      well.all += count;
      if (way === 1) well.canary += count;
      if (way === 2) well.blueGreen += count;
      if (asks) well.approval += count;
      if (way === 2 || asks) well.heldUp += count;
    }
  }
  const known = placed === null ? Number.NaN : 1;
  const perHundred = (count: number): number => (100 * known * count) / (well.all + failed.all);
  return {
    recall_by_bands: (known * failed.caught) / failed.all,
    recall_by_approval: (known * failed.approval) / failed.all,
    unneeded_canaries_per_100: perHundred(well.canary),
    unneeded_blue_greens_per_100: perHundred(well.blueGreen),
    unneeded_approvals_per_100: perHundred(well.approval),
    held_up_of_well: (known * well.heldUp) / well.all,
  };
}

function sumOf(length: number, of: (index: number) => number): number {
  let total = 0;
  for (let index = 0; index < length; index += 1) total += of(index);
  return total;
}
