import { failuresOf } from "../complement.ts";
import { isPair, pairAt, windowsOf } from "../difference.ts";
import type { LearntMetric } from "../learnt.ts";
import type { Measurements, MetricSeries } from "../measurements.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";

/** One metric of one past rollout on the scale of the comparison: windows that both arms have, in order. */
export type PastWindows = {
  id: string;
  series: MetricSeries;
  baseline: number[];
  candidate: number[];
  differences: number[];
  /** The baseline with its gaps. */
  all: (number | null)[];
};

/** Rollouts that were taken back say nothing of noise that could be told from their effect. */
export function pastWindows(
  name: string,
  { kind, noise, good }: LearntMetric,
  history: readonly Measurements[],
  policy: AnalysisPolicy,
): PastWindows[] {
  return history.flatMap((rollout) => {
    const series = rollout.metrics[name];
    if (series?.kind !== kind || rollout.window_seconds !== noise.windowSeconds) return [];
    if (rollout.outcome === "rolled-back") return [];
    const metric = policy.metric(name, series.worse, kind);
    const judged = good === undefined ? series : failuresOf(series);
    const windows = Array.from({ length: windowsOf(series) }, (_, window) =>
      pairAt(judged, window, metric, noise.reference ?? 1),
    );
    const pairs = windows.filter(isPair);
    const past: PastWindows = {
      id: rollout.id,
      series,
      baseline: pairs.map(({ baseline }) => baseline.value),
      candidate: pairs.map(({ candidate }) => candidate.value),
      differences: pairs.map(({ baseline, candidate }) => candidate.value - baseline.value),
      all: windows.map((pair) => (isPair(pair) ? pair.baseline.value : null)),
    };
    return pairs.length > 0 ? [past] : [];
  });
}
