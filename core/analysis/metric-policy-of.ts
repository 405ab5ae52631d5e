import type { QueryMetric } from "../policy/schema.ts";
import { defaultMetric } from "./default-metric.ts";
import type { AnalysisPolicy, MetricPolicy } from "./metric-policy.ts";

type Kind = QueryMetric["kind"];

/** Half a percentage point of errors, a twentieth of latency, a tenth of what is held to be stable. */
const defaults: Record<Kind, Omit<MetricPolicy, "worse" | "critical" | "weight" | "noData">> = {
  ratio: { margin: { absolute: 0.005 }, target: 1, group: "errors", unit: "share", scale: "log" },
  histogram: { margin: { relative: 0.05 }, target: 0.2, group: "latency", unit: "seconds", scale: "log" },
  gauge: { margin: { relative: 0.1 }, target: 0.2, group: "saturation", unit: "number", scale: "linear" },
};

/** What queries.yaml says about a metric, with every default filled in. */
export function metricPolicyOf(metric: QueryMetric): MetricPolicy {
  const usual = defaults[metric.kind];
  const unit = metric.unit ?? usual.unit;
  const target = metric["target-percent"];
  return {
    worse: metric.worse ?? "higher",
    unit,
    critical: metric.critical ?? false,
    margin:
      marginOf(metric) ?? (metric.kind === "gauge" && unit === "share" ? { absolute: 0.05 } : usual.margin),
    target: target === undefined ? usual.target : target / 100,
    weight: metric.weight ?? 1,
    group: metric.group ?? usual.group,
    noData: metric["no-data"] ?? "hold",
    scale: metric.scale ?? usual.scale,
  };
}

function marginOf({ margin }: QueryMetric): MetricPolicy["margin"] | undefined {
  if (margin?.percent !== undefined) return { relative: margin.percent / 100 };
  if (margin?.points !== undefined) return { absolute: margin.points / 100 };
  return margin?.absolute === undefined ? undefined : { absolute: margin.absolute };
}

/** Policies by name, for a comparison; what no file describes has the defaults of default-metric.ts. */
export function metricPolicies(metrics: ReadonlyMap<string, QueryMetric>): AnalysisPolicy["metric"] {
  return (name, worse, kind) => {
    const metric = metrics.get(name);
    return metric === undefined ? defaultMetric(name, worse, kind) : metricPolicyOf(metric);
  };
}
