import { createHash } from "node:crypto";
import { upTo } from "./analyze.ts";
import type { Measurements, MetricSeries } from "./measurements.ts";
import type { ServiceMetric } from "./service-metrics.ts";

/**
 * A retrospective A/A: the instances of one version, split into two that differ in nothing, over past days. What still
 * differs between them is the noise that a comparison has to bear.
 */
export type Halves = { baseline: string[]; candidate: string[] };

/**
 * Instances split at a weight, by a hash of their names and the seed: as often as is asked the same, and in no order that
 * means anything. Undefined where there are too few for two arms.
 */
export function splitInstances(
  instances: readonly string[],
  weight: number,
  seed: string,
): Halves | undefined {
  if (instances.length < 2) return undefined;
  const shuffled = [...new Set(instances)]
    .map((instance) => ({ instance, order: hashOf(`${seed}\n${instance}`) }))
    .sort((left, right) => (left.order < right.order ? -1 : 1))
    .map(({ instance }) => instance);
  const wanted = Math.round((shuffled.length * weight) / 100);
  const size = Math.min(shuffled.length - 1, Math.max(1, wanted));
  return { candidate: shuffled.slice(0, size).sort(), baseline: shuffled.slice(size).sort() };
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** The same metrics with arms that are the halves of one version. */
export function withHalves(
  metrics: readonly ServiceMetric[],
  label: string,
  { baseline, candidate }: Halves,
): ServiceMetric[] {
  return metrics.map((one) => {
    const { arms } = one.filling;
    const halves = {
      ...arms,
      // One version in both: what told its arms apart is not asked for.
      baseline: { ...arms.baseline, [label]: baseline },
      candidate: { ...arms.baseline, [label]: candidate },
    };
    return { ...one, filling: { ...one.filling, arms: halves } };
  });
}

export type Stretch = { startSeconds: number; windows: number };

/** A new split for each of these, so that the lasting differences of many pairs are seen. */
const stretchSeconds = 6 * 3600;

/** Past days in stretches of whole rollouts, the oldest first; they end at a round time before `end`. */
export function pastStretches(
  end: number,
  days: number,
  windowSeconds: number,
  rolloutWindows: number,
): Stretch[] {
  const rollout = windowSeconds * rolloutWindows;
  const each = Math.max(1, Math.floor(stretchSeconds / rollout)) * rollout;
  const last = Math.floor(end / windowSeconds) * windowSeconds;
  const count = Math.floor((days * 86_400) / each);
  return Array.from({ length: count }, (_, index) => ({
    startSeconds: last - (count - index) * each,
    windows: each / windowSeconds,
  }));
}

/** A stretch in pieces as long as a rollout; one in which an arm was never measured is none. */
export function rolloutsIn(stretch: Measurements, rolloutWindows: number): Measurements[] {
  const windows = Math.max(0, ...Object.values(stretch.metrics).map(lengthOf));
  const start = Date.parse(stretch.started_at ?? "");
  return Array.from({ length: Math.floor(windows / rolloutWindows) }, (_, index): Measurements => {
    const from = index * rolloutWindows;
    const piece = fromWindow(upTo(stretch, from + rolloutWindows), from);
    const begins = new Date(start + from * stretch.window_seconds * 1000).toISOString();
    return { ...piece, id: `${stretch.id} ${begins}`, started_at: begins, outcome: "completed" };
  }).filter(({ metrics }) => Object.values(metrics).some(hasBoth));
}

function lengthOf(series: MetricSeries): number {
  return (series.kind === "ratio" ? series.candidate.total : series.candidate).length;
}

function fromWindow(measurements: Measurements, from: number): Measurements {
  const metrics = Object.entries(measurements.metrics).map(([name, series]): [string, MetricSeries] => {
    if (series.kind === "gauge")
      return [
        name,
        { ...series, baseline: series.baseline.slice(from), candidate: series.candidate.slice(from) },
      ];
    if (series.kind === "histogram")
      return [
        name,
        { ...series, baseline: series.baseline.slice(from), candidate: series.candidate.slice(from) },
      ];
    const { baseline, candidate } = series;
    return [
      name,
      {
        ...series,
        baseline: { total: baseline.total.slice(from), bad: baseline.bad.slice(from) },
        candidate: { total: candidate.total.slice(from), bad: candidate.bad.slice(from) },
      },
    ];
  });
  const weights = measurements.weights?.slice(from);
  return { ...measurements, ...(weights ? { weights } : {}), metrics: Object.fromEntries(metrics) };
}

function hasBoth(series: MetricSeries): boolean {
  const known = (values: readonly unknown[]) => values.some((value) => value !== null);
  if (series.kind === "ratio") return known(series.baseline.total) && known(series.candidate.total);
  return known(series.baseline) && known(series.candidate);
}
