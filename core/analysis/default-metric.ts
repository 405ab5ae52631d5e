import type { MetricSeries, Worse } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";

/** What holds of a metric that policy says nothing of: it counts, alone, with the usual margins. */
export function defaultMetric(name: string, worse: Worse, kind: MetricSeries["kind"]): MetricPolicy {
  const shared = { worse, critical: true, weight: 1, group: "all", noData: "hold", scale: "log" } as const;
  if (kind === "ratio") return { ...shared, margin: { absolute: 0.005 }, target: 1, unit: "share" };
  return { ...shared, margin: { relative: 0.05 }, target: 0.2, unit: unitOf(name) };
}

/** Names end with their unit where those who named them were kind. */
function unitOf(name: string): MetricPolicy["unit"] {
  const [, ending] = /(?:_|\.|-)(ms|milliseconds|s|seconds|bytes)$/.exec(name) ?? [];
  if (ending === "ms" || ending === "milliseconds") return "milliseconds";
  if (ending === "s" || ending === "seconds") return "seconds";
  return ending === "bytes" ? "bytes" : "number";
}
