import { median } from "simple-statistics";
import { failuresOf, goodShare, policyOfFailures } from "./complement.ts";
import { isPair, pairAt, windowsOf } from "./difference.ts";
import type { Measurements, MetricSeries } from "./measurements.ts";
import type { AnalysisPolicy, MetricPolicy } from "./metric-policy.ts";
import { effectScale } from "./noise/effect-scale.ts";
import { learnNoise, type PastRollout } from "./noise/learn.ts";
import type { Noise } from "./noise/noise.ts";

/** What past rollouts teach, for each metric that they measured. */
export type Learnt = { rollouts: number; metrics: ReadonlyMap<string, LearntMetric> };
export type LearntMetric = {
  kind: MetricSeries["kind"];
  noise: Noise;
  /** The usual share of good events where a metric counts them and is judged by its failures. */
  good?: number;
  /** Requests behind a window of both arms, as their harmonic mean; absent where nobody counted. */
  events?: number;
};

export const nothingLearnt: Learnt = { rollouts: 0, metrics: new Map() };

export function learn(history: readonly Measurements[], policy: AnalysisPolicy): Learnt {
  const names = new Set(history.flatMap(({ metrics }) => Object.keys(metrics)));
  const metrics = new Map<string, LearntMetric>();
  for (const name of names) {
    const learnt = learnMetric(name, history, policy);
    if (learnt) metrics.set(name, learnt);
  }
  return { rollouts: history.length, metrics };
}

function learnMetric(
  name: string,
  history: readonly Measurements[],
  policy: AnalysisPolicy,
): LearntMetric | undefined {
  const past = history.flatMap((rollout) => {
    const series = rollout.metrics[name];
    return series ? [{ rollout, series }] : [];
  });
  const first = past[0];
  if (!first) return undefined;
  const { kind } = first.series;
  const windowSeconds = first.rollout.window_seconds;
  // Windows of another length, or a metric that changed its kind, say nothing about these.
  const told = past.filter(
    ({ rollout, series }) => series.kind === kind && rollout.window_seconds === windowSeconds,
  );
  const own = policy.metric(name, first.series.worse, kind);
  const shares = told.flatMap(({ series }) => referenceOf(series, own) ?? []);
  const good = goodShare(first.series, middleOf(shares));
  const metric = good === undefined ? own : policyOfFailures(own, good);
  const alike = good === undefined ? told : told.map((one) => ({ ...one, series: failuresOf(one.series) }));
  const references = alike.flatMap(({ series }) => referenceOf(series, metric) ?? []);
  const reference = middleOf(references) || 1;
  const rollouts = alike.map(({ rollout, series }) => pastRollout(rollout, series, metric, reference));
  const target = Math.abs(effectScale(kind, metric).difference(metric.target));
  const events = middleOf(
    alike.flatMap(({ rollout }) => eventsAt(rollout).filter((count) => count !== undefined)),
  );
  return {
    kind,
    noise: { ...learnNoise(kind, windowSeconds, rollouts, target), reference },
    ...(good === undefined ? {} : { good }),
    ...(events > 0 ? { events } : {}),
  };
}

function middleOf(values: number[]): number {
  return values.length === 0 ? 0 : median(values);
}

function pastRollout(
  rollout: Measurements,
  series: MetricSeries,
  metric: MetricPolicy,
  reference: number,
): PastRollout {
  const windows = windowsOf(series);
  const past: PastRollout = {
    baseline: new Float64Array(windows).fill(Number.NaN),
    baselineSampling: new Float64Array(windows),
    differences: new Float64Array(windows).fill(Number.NaN),
    samplings: new Float64Array(windows),
    rolledBack: rollout.outcome === "rolled-back",
  };
  for (let window = 0; window < windows; window++) {
    const pair = pairAt(series, window, metric, reference);
    if (!isPair(pair)) continue;
    past.baseline[window] = pair.baseline.value;
    past.baselineSampling[window] = pair.baseline.sampling;
    past.differences[window] = pair.candidate.value - pair.baseline.value;
    past.samplings[window] = pair.baseline.sampling + pair.candidate.sampling;
  }
  return past;
}

/** So many bad events tell a share well enough to compare on its scale. */
const enoughBad = 20;

/**
 * The typical share of a ratio, of both arms together, from the first windows that tell it; on the linear scale, the
 * usual size of a value that is not zero: the baseline's where most of its are not, else that of both arms. Of no more than the first `windows`, so that nothing is known before its time. Undefined where
 * nothing was measured.
 */
export function referenceOf(
  series: MetricSeries,
  metric: Pick<MetricPolicy, "scale">,
  windows: number = Number.POSITIVE_INFINITY,
): number | undefined {
  if (series.kind === "ratio") return shareOf(series, windows);
  if (series.kind !== "gauge" || metric.scale === "log") return 1;
  const sizes = sizesOf(series.baseline, windows);
  const own = sizes.filter((size) => size > 0);
  const few = own.length <= sizes.length / 2;
  const telling = few ? [...own, ...sizesOf(series.candidate, windows).filter((size) => size > 0)] : own;
  return telling.length === 0 ? undefined : median(telling);
}

function sizesOf(values: readonly (number | null)[], windows: number): number[] {
  return values
    .slice(0, windows)
    .flatMap((value) => (value == null || !Number.isFinite(value) ? [] : [Math.abs(value)]));
}

function shareOf(
  { baseline, candidate }: MetricSeries & { kind: "ratio" },
  windows: number,
): number | undefined {
  let bad = 0;
  let total = 0;
  const last = Math.min(windows, baseline.total.length);
  for (let window = 0; window < last && bad < enoughBad; window++) {
    for (const arm of [baseline, candidate]) {
      const events = arm.total[window];
      const failed = arm.bad[window];
      if (events == null || failed == null || !(events > 0) || !(failed >= 0)) continue;
      bad += failed;
      total += events;
    }
  }
  return total === 0 ? undefined : Math.min(1, (bad + 0.5) / (total + 1));
}

/** Requests behind each window, as the harmonic mean of both arms, from whichever metric counts them. */
export function eventsAt({ metrics }: Pick<Measurements, "metrics">): (number | undefined)[] {
  for (const series of Object.values(metrics)) {
    if (series.kind !== "ratio") continue;
    return Array.from({ length: windowsOf(series) }, (_, window) => {
      const left = series.baseline.total[window] ?? 0;
      const right = series.candidate.total[window] ?? 0;
      return left > 0 && right > 0 ? 1 / (1 / left + 1 / right) : undefined;
    });
  }
  return [];
}
