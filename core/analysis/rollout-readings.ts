import type { QueryMetric } from "../policy/schema.ts";
import type { Measurements, MetricSeries } from "./measurements.ts";
import { metricPolicyOf } from "./metric-policy-of.ts";
import type { Measured } from "./rules/readings.ts";
import { suppliedBy } from "./rules/supplied.ts";

/** What the guardrail language reads of each window, out of what was measured. */
export type RolloutReadings = {
  of(window: number): Measured;
  /** True where some query asks for the name at all. */
  measured(name: string): boolean;
  /** True where no metric has anything of either arm in the window. */
  silent(window: number): boolean;
};

/** What is known of a rollout beside what is measured. */
export type RolloutFacts = { service?: string; environment?: string };

export function rolloutReadings(
  { metrics, weights, window_seconds: windowSeconds }: Measurements,
  queries: ReadonlyMap<string, QueryMetric>,
  facts: RolloutFacts,
): RolloutReadings {
  const suppliers = new Map<string, { metric: QueryMetric; series: MetricSeries }>();
  for (const [name, metric] of queries)
    for (const supplied of metric.supplies ?? []) {
      const series = metrics[name];
      if (series) suppliers.set(supplied, { metric, series });
    }
  const known = (name: string, window: number): ReturnType<Measured> => {
    if (name === "weight") return weights?.[window] ?? undefined;
    if (name === "elapsed") return (window + 1) * windowSeconds;
    if (name === "service") return facts.service;
    return name === "env" || name === "environment" ? facts.environment : undefined;
  };
  return {
    of: (window) => (name) => {
      const supplier = suppliers.get(name);
      if (supplier === undefined) return known(name, window);
      const { unit } = metricPolicyOf(supplier.metric);
      return suppliedBy(supplier.series, name, { window, windowSeconds, unit });
    },
    silent: (window) => {
      const all = Object.values(metrics);
      return all.length > 0 && all.every((series) => nothingIn(series, window));
    },
    measured: (name) => suppliers.has(name) || known(name, 0) !== undefined,
  };
}

function nothingIn(series: MetricSeries, window: number): boolean {
  const columns =
    series.kind === "ratio"
      ? [series.baseline.total, series.candidate.total]
      : [series.baseline, series.candidate];
  return columns.every((column) => (column[window] ?? null) === null);
}
