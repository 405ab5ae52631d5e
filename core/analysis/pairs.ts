import { pairAt, type WindowPair, windowsOf } from "./difference.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";

/** The first `windows` of a metric on the scale of the comparison; all where absent. */
export function pairsOf(
  series: MetricSeries,
  policy: MetricPolicy,
  reference: number,
  windows: number = Number.POSITIVE_INFINITY,
): WindowPair[] {
  const count = Math.min(windows, windowsOf(series));
  return Array.from({ length: count }, (_, window) => pairAt(series, window, policy, reference));
}
