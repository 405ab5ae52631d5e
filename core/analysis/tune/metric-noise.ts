import { mean, median, variance } from "simple-statistics";
import { autocovariance } from "../../stats/autocovariance.ts";
import { dispersionOfShares } from "../../stats/dispersion.ts";
import { effectiveSize } from "../../stats/effective-size.ts";
import { hodgesLehmann } from "../../stats/hodges-lehmann.ts";
import { mannWhitney } from "../../stats/mann-whitney.ts";
import { studentQuantile } from "../../stats/student-quantile.ts";
import { varianceOfMean } from "../../stats/variance-of-mean.ts";
import type { LearntMetric } from "../learnt.ts";
import type { Measurements, MetricSeries } from "../measurements.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import { effectScale } from "../noise/effect-scale.ts";
import { type PastWindows, pastWindows } from "./past-windows.ts";
import { type PooledCheck, pooledCheck } from "./pooled-check.ts";

/** What was learnt of a metric, and plain estimates beside it that know nothing of the model. */
export type MetricNoise = {
  metric: string;
  kind: MetricSeries["kind"];
  source: "learnt" | "default";
  /** Standard deviations as relative effects: 0.05 is a twentieth of the baseline. */
  learnt: {
    lasting: number;
    drift: number;
    drift_correlation: number;
    shared: number;
    shared_correlation: number;
    /** Of a single window, beyond counting; of counts, how many times more they vary than chance. */
    scatter: number | null;
    dispersion: number | null;
    alikeness: number;
  };
  plain: {
    rollouts: number;
    windows: number;
    lasting: number | null;
    correlation: number | null;
    /** Of a rollout's windows, how many independent ones tell as much. */
    effective_windows: number | null;
    dispersion: number | null;
    /** Of rollouts without an effect: how many these would call different at 5 %, had they one look at the end. */
    different_by_t: number;
    different_by_ranks: number;
    /** The shift between the arms that half of the rollouts stay below, as a relative effect; Hodges–Lehmann. */
    usual_shift: number | null;
    different_by_shift: number;
  };
  pooled: PooledCheck | null;
};

export function metricNoise(
  name: string,
  metric: LearntMetric,
  history: readonly Measurements[],
  policy: AnalysisPolicy,
): MetricNoise {
  const { kind, noise } = metric;
  const past = pastWindows(name, metric, history, policy);
  const worse = past[0]?.series.worse ?? "either";
  const scale = effectScale(kind, policy.metric(name, worse, kind));
  const relative = (deviation: number): number => Math.abs(scale.relative(deviation));
  return {
    metric: name,
    kind,
    source: noise.rollouts > 0 ? "learnt" : "default",
    learnt: {
      lasting: relative(noise.lasting),
      drift: relative(noise.drift),
      drift_correlation: noise.driftCorrelation,
      shared: relative(noise.shared),
      shared_correlation: noise.sharedCorrelation,
      scatter: kind === "ratio" ? null : relative(noise.scatter),
      dispersion: kind === "ratio" ? noise.dispersion : null,
      alikeness: noise.alikeness,
    },
    plain: plainEstimates(past, relative),
    pooled: pooledCheck(past),
  };
}

/** Below these, a rollout has no mean whose spread is known. */
const fewest = 4;

function plainEstimates(past: readonly PastWindows[], relative: (deviation: number) => number) {
  const long = past.filter(({ differences }) => differences.length >= fewest);
  const spreads = long.map(({ differences }) => varianceOfMean(differences) ?? 0);
  const means = long.map(({ differences }) => mean(differences));
  const lasting = means.length > 1 ? Math.sqrt(Math.max(0, variance(means) - mean(spreads))) : null;
  const shifts = long.flatMap(
    ({ baseline, candidate }) => hodgesLehmann(candidate, baseline, { exactUpTo: 0 }) ?? [],
  );
  return {
    rollouts: past.length,
    windows: past.reduce((sum, { differences }) => sum + differences.length, 0),
    lasting: lasting === null ? null : relative(lasting),
    correlation: middleOf(long.flatMap(({ differences }) => nextOf(differences) ?? [])),
    effective_windows: middleOf(long.map(({ differences }) => effectiveSize(differences))),
    dispersion: middleOf(long.flatMap(({ series }) => dispersionsOf(series))),
    different_by_t: long.filter(({ differences }) => isDifferent(differences)).length,
    different_by_ranks: long.filter(
      ({ baseline, candidate }) => (mannWhitney(candidate, baseline, { exactUpTo: 0 })?.chance ?? 1) < 0.05,
    ).length,
    usual_shift: middleOf(shifts.map(({ estimate }) => relative(estimate))),
    different_by_shift: shifts.filter(({ lower, upper }) => lower > 0 || upper < 0).length,
  };
}

function middleOf(values: number[]): number | null {
  return values.length > 0 ? median(values) : null;
}

function nextOf(differences: readonly number[]): number | undefined {
  const [own = 0, next = 0] = autocovariance(differences, 1);
  return own > 0 ? next / own : undefined;
}

function dispersionsOf(series: MetricSeries): number[] {
  if (series.kind !== "ratio") return [];
  return [series.baseline, series.candidate].flatMap(
    ({ bad, total }) => dispersionOfShares(bad, total)?.factor ?? [],
  );
}

/** Student's interval of the mean difference, with as many degrees as there are independent windows. */
function isDifferent(differences: readonly number[]): boolean {
  const spread = varianceOfMean(differences);
  if (spread === undefined) return false;
  const degrees = Math.max(1, effectiveSize(differences) - 1);
  return Math.abs(mean([...differences])) > studentQuantile(0.975, degrees) * Math.sqrt(spread);
}
