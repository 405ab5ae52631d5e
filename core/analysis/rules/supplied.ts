import type { Reading } from "../../policy/guardrails/index.ts";
import { bucketQuantile } from "../../stats/bucket-quantile.ts";
import type { Buckets, CountSeries, MetricSeries } from "../measurements.ts";
import type { MetricPolicy } from "../metric-policy.ts";
import type { Counts } from "./counts.ts";
import { type Bounds, boundDeviations, type Sure, shareBounds } from "./readings.ts";

const latencyShares = new Map([
  ["canary.latency_p50", 0.5],
  ["canary.latency_p95", 0.95],
  ["canary.latency_p99", 0.99],
]);

type At = { window: number; windowSeconds: number; unit: MetricPolicy["unit"] };

/** What a metric tells of a name of the guardrails in a window (from 0); what rests on counts comes with its bounds. */
export function suppliedBy(series: MetricSeries, name: string, at: At): Reading | Sure | undefined {
  if (series.kind === "ratio") return ofCounts(series, name, at);
  if (series.kind === "gauge") {
    const { candidate, baseline } = series;
    return plain(candidate[at.window], baseline[at.window], scaleOf(name, at.unit));
  }
  const share = latencyShares.get(name);
  if (share === undefined) return undefined;
  const scale = scaleOf(name, at.unit);
  return {
    candidate: quantileBounds(series.candidate[at.window], share, scale),
    baseline: quantileBounds(series.baseline[at.window], share, scale, { beyond: "unknown" }),
  };
}

function ofCounts(
  { worse, candidate, baseline }: MetricSeries & { kind: "ratio" },
  name: string,
  { window, windowSeconds }: At,
): Reading | Sure | undefined {
  if (name === "canary.requests_per_second")
    return plain(candidate.total[window], baseline.total[window], 1 / windowSeconds);
  const bounds = (series: CountSeries): Bounds | undefined => {
    const counts = countsAt(series, window);
    const errors = name === "canary.error_rate" || name === "canary.success_rate";
    // Where lower is worse the events that are counted are the good ones.
    const found = shareBounds(errors && worse === "lower" ? others(counts) : counts);
    if (found === undefined || name !== "canary.success_rate") return found;
    return { mildest: 1 - found.mildest, gravest: 1 - found.gravest };
  };
  return { candidate: bounds(candidate), baseline: bounds(baseline) };
}

function countsAt({ total, bad }: CountSeries, window: number): Counts {
  return { total: total[window] ?? null, bad: bad[window] ?? null };
}

function others({ total, bad }: Counts): Counts {
  return { total, bad: total === null || bad === null ? null : total - bad };
}

function plain(
  candidate: number | null | undefined,
  baseline: number | null | undefined,
  scale: number,
): Reading | undefined {
  if (candidate === undefined || candidate === null) return undefined;
  return { canary: candidate * scale, baseline: typeof baseline === "number" ? baseline * scale : undefined };
}

/** A candidate beyond the last edge is at least there; of a baseline beyond it nobody knows how bad it is. */
function quantileBounds(
  buckets: Buckets | null | undefined,
  share: number,
  scale: number,
  { beyond }: { beyond?: "unknown" } = {},
): Bounds | undefined {
  const found = buckets ? bucketQuantile(buckets, share) : undefined;
  if (found === undefined || (found.beyond && beyond === "unknown")) return undefined;
  const reach = found.beyond ? 0 : boundDeviations * found.standardError;
  return { mildest: Math.max(0, found.value - reach) * scale, gravest: (found.value + reach) * scale };
}

/** Guardrails know latency in milliseconds, and nothing else that has a unit. */
function scaleOf(name: string, unit: MetricPolicy["unit"]): number {
  return latencyShares.has(name) && unit === "seconds" ? 1000 : 1;
}
