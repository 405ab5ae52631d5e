import type { Reading } from "../policy/guardrails/index.ts";
import type { QueryMetric, SuppliedName } from "../policy/schema.ts";
import { bucketQuantile } from "../stats/bucket-quantile.ts";
import type { CountSeries, Measurements, MetricSeries } from "./measurements.ts";
import { metricPolicyOf } from "./metric-policy-of.ts";
import type { Readings } from "./rules/readings.ts";

/** What the guardrail language reads of a window, out of what was measured. */
export type RolloutReadings = {
  of(window: number): Readings;
  /** True where some query asks for the name at all. */
  measured(name: string): boolean;
};

/** What is known of a rollout beside what is measured. */
export type RolloutFacts = { service?: string; environment?: string };

const quantiles = new Map<SuppliedName, number>([
  ["canary.latency_p50", 0.5],
  ["canary.latency_p95", 0.95],
  ["canary.latency_p99", 0.99],
]);

export function rolloutReadings(
  { metrics, weights, window_seconds }: Measurements,
  policies: ReadonlyMap<string, QueryMetric>,
  facts: RolloutFacts,
): RolloutReadings {
  const suppliers = new Map<string, Supplier>();
  for (const [name, metric] of policies)
    for (const supplied of metric.supplies ?? []) {
      const series = metrics[name];
      if (series) suppliers.set(supplied, { supplied, metric, series });
    }
  const plain = (name: string, window: number): Reading | undefined => {
    if (name === "weight") return weights?.[window] ?? undefined;
    if (name === "elapsed") return (window + 1) * window_seconds;
    if (name === "service") return facts.service;
    return name === "env" || name === "environment" ? facts.environment : undefined;
  };
  return {
    of: (window) => (name) => {
      const supplier = suppliers.get(name);
      return supplier ? readingOf(supplier, window, window_seconds) : plain(name, window);
    },
    measured: (name) => suppliers.has(name) || plain(name, 0) !== undefined,
  };
}

type Supplier = { supplied: SuppliedName; metric: QueryMetric; series: MetricSeries };

function readingOf(supplier: Supplier, window: number, windowSeconds: number): Reading | undefined {
  const { baseline, candidate } = figuresOf(supplier, window, windowSeconds);
  return candidate === undefined ? undefined : { canary: candidate, baseline };
}

type Figures = { baseline: number | undefined; candidate: number | undefined };

/** Both arms in the unit of the guardrail's name. */
function figuresOf({ supplied, metric, series }: Supplier, window: number, windowSeconds: number): Figures {
  const quantile = quantiles.get(supplied);
  if (quantile !== undefined) {
    const milliseconds = metricPolicyOf(metric).unit === "milliseconds" ? 1 : 1000;
    const times = (value: number | undefined) => (value === undefined ? undefined : value * milliseconds);
    const figures =
      series.kind === "histogram" ? quantileFigures(series, window, quantile) : plainFigures(series, window);
    return both(figures, times);
  }
  if (supplied === "canary.requests_per_second" && series.kind === "ratio") {
    const rate = (arm: "baseline" | "candidate"): number | undefined => {
      const total = series[arm].total[window];
      return total == null ? undefined : total / windowSeconds;
    };
    return { baseline: rate("baseline"), candidate: rate("candidate") };
  }
  const figures = plainFigures(series, window);
  if (supplied !== "canary.success_rate" || series.kind !== "ratio" || series.worse === "lower")
    return figures;
  // A ratio counts what is bad, and a success is what is not.
  return both(figures, (value) => (value === undefined ? undefined : 1 - value));
}

function plainFigures(series: MetricSeries, window: number): Figures {
  switch (series.kind) {
    case "ratio":
      return { baseline: shareAt(series.baseline, window), candidate: shareAt(series.candidate, window) };
    case "gauge":
      return { baseline: finite(series.baseline[window]), candidate: finite(series.candidate[window]) };
    case "histogram":
      return quantileFigures(series, window, series.quantile ?? 0.95);
  }
}

function quantileFigures(
  series: Extract<MetricSeries, { kind: "histogram" }>,
  window: number,
  quantile: number,
): Figures {
  const at = (arm: "baseline" | "candidate"): number | undefined => {
    const buckets = series[arm][window];
    return buckets ? bucketQuantile(buckets, quantile)?.value : undefined;
  };
  return { baseline: at("baseline"), candidate: at("candidate") };
}

function shareAt({ total, bad }: CountSeries, window: number): number | undefined {
  const events = finite(total[window]);
  const failures = finite(bad[window]);
  if (events === undefined || failures === undefined || !(events > 0) || failures < 0) return undefined;
  return Math.min(1, failures / events);
}

function finite(value: number | null | undefined): number | undefined {
  return value == null || !Number.isFinite(value) ? undefined : value;
}

function both(
  { baseline, candidate }: Figures,
  change: (value: number | undefined) => number | undefined,
): Figures {
  return { baseline: change(baseline), candidate: change(candidate) };
}
