import { compareQuantiles } from "../../stats/compare-quantiles.ts";
import { dispersionOfShares } from "../../stats/dispersion.ts";
import { mannWhitneyBuckets } from "../../stats/mann-whitney-buckets.ts";
import { twoProportions } from "../../stats/two-proportions.ts";
import type { Buckets, CountSeries, MetricSeries } from "../measurements.ts";
import type { PastWindows } from "./past-windows.ts";

/** Candidate beside baseline over all past rollouts at once: without effects they lie on one another. */
export type PooledCheck =
  | {
      kind: "ratio";
      baseline: number;
      candidate: number;
      difference: number;
      lower: number;
      upper: number;
      chance: number;
      dispersion: number;
    }
  | {
      kind: "histogram";
      quantile: number;
      ratio: number;
      lower: number;
      upper: number;
      /** The share of pairs of events in which the candidate's is the slower one. */
      superiority: number;
      chance: number;
    };

export function pooledCheck(past: readonly PastWindows[]): PooledCheck | null {
  const series = past.map((one) => one.series);
  const ratios = series.filter((one) => one.kind === "ratio");
  if (ratios.length > 0) return pooledShares(ratios);
  const histograms = series.filter((one) => one.kind === "histogram");
  return histograms.length > 0 ? pooledBuckets(histograms) : null;
}

function pooledShares(series: readonly (MetricSeries & { kind: "ratio" })[]): PooledCheck | null {
  const baseline = series.flatMap((one) => countsOf(one.baseline));
  const candidate = series.flatMap((one) => countsOf(one.candidate));
  const dispersion = Math.max(
    1,
    ...[baseline, candidate].map(
      (arm) =>
        dispersionOfShares(
          arm.map(({ bad }) => bad),
          arm.map(({ total }) => total),
        )?.factor ?? 1,
    ),
  );
  const [before, now] = [sumOf(baseline), sumOf(candidate)];
  const found = twoProportions(now, before, { dispersion });
  if (found === undefined) return null;
  return {
    kind: "ratio",
    baseline: before.bad / before.total,
    candidate: now.bad / now.total,
    difference: found.difference.estimate,
    lower: found.difference.lower,
    upper: found.difference.upper,
    chance: found.chance,
    dispersion,
  };
}

type Counts = { bad: number; total: number };

function countsOf({ bad, total }: CountSeries): Counts[] {
  return bad.flatMap((count, window) => {
    const events = total[window];
    const usable = count !== null && events != null && events > 0 && count >= 0 && count <= events;
    return usable ? [{ bad: count, total: events }] : [];
  });
}

function sumOf(counts: readonly Counts[]): Counts {
  return counts.reduce((sum, { bad, total }) => ({ bad: sum.bad + bad, total: sum.total + total }), {
    bad: 0,
    total: 0,
  });
}

function pooledBuckets(series: readonly (MetricSeries & { kind: "histogram" })[]): PooledCheck | null {
  const quantile = series[0]?.quantile ?? 0.95;
  const edges = series.flatMap((one) => [...one.baseline, ...one.candidate]).find((one) => one !== null);
  if (!edges) return null;
  const baseline = addedUp(
    series.flatMap((one) => one.baseline),
    edges,
  );
  const candidate = addedUp(
    series.flatMap((one) => one.candidate),
    edges,
  );
  const found = compareQuantiles(candidate, baseline, quantile);
  const ranks = mannWhitneyBuckets(candidate.counts, baseline.counts);
  if (!found || !ranks) return null;
  const { ratio, lower, upper } = found;
  return {
    kind: "histogram",
    quantile,
    ratio,
    lower,
    upper,
    superiority: ranks.superiority,
    chance: ranks.chance,
  };
}

/** Histograms with other edges cannot be added, and are left out. */
function addedUp(windows: readonly (Buckets | null)[], { bounds }: Buckets): Buckets {
  const counts = new Array<number>(bounds.length + 1).fill(0);
  for (const window of windows) {
    if (window === null || window.bounds.join() !== bounds.join()) continue;
    for (const [bucket, count] of window.counts.entries()) counts[bucket] = (counts[bucket] ?? 0) + count;
  }
  return { bounds, counts };
}
