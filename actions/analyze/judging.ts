import { type Analyzer, analyzer } from "../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../core/analysis/default-metric.ts";
import { type Learnt, learn } from "../../core/analysis/learnt.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import { metricPolicyOf } from "../../core/analysis/metric-policy-of.ts";
import {
  analysisPolicyOf,
  longestWindowsOf,
  type RulePolicy,
  rulePolicyOf,
} from "../../core/analysis/policy-of.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import { formatDuration } from "../../core/policy/duration.ts";
import type { PolicyBundle, QueryMetric } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import { counted } from "../../core/render/numbers.ts";
import type { AnalyzeInputs } from "./inputs.ts";

/** All that a comparison is judged with. */
export type Judging = {
  policy: AnalysisPolicy;
  rules: RulePolicy;
  learnt: Learnt;
  analyzer: Analyzer;
  /** What queries.yaml says of the metrics, by name. */
  metrics: ReadonlyMap<string, QueryMetric>;
  /** Windows that the comparison may take, and the most that it may be lengthened to. */
  windows: number;
  longest: number;
  /** What of the history could not be learnt from. */
  warnings: string[];
};

export function judgingOf(
  bundle: PolicyBundle,
  environment: string,
  inputs: Pick<AnalyzeInputs, "service" | "windowSeconds" | "windows">,
  metrics: readonly ServiceMetric[],
  history: readonly Measurements[],
): Judging {
  const { service = "", windowSeconds } = inputs;
  const thresholds = thresholdsFor(bundle.thresholds, { service, environment });
  const byName = new Map(metrics.map(({ name, metric }) => [name, metric]));
  const written = analysisPolicyOf(thresholds, (name, worse, kind) => {
    const metric = byName.get(name);
    return metric?.kind === kind ? metricPolicyOf(metric) : defaultMetric(name, worse, kind);
  });
  const policy =
    windowSeconds === undefined
      ? written
      : { ...written, windowSeconds, longestWindows: longestWindowsOf(thresholds, windowSeconds) };
  // Windows of another length tell nothing of these.
  const alike = history.filter(({ window_seconds }) => window_seconds === policy.windowSeconds);
  const learnt = learn(alike, policy);
  const longest = Math.max(policy.longestWindows, inputs.windows ?? 0);
  return {
    policy,
    rules: rulePolicyOf(thresholds, bundle),
    learnt,
    analyzer: analyzer(policy, learnt),
    metrics: byName,
    windows: inputs.windows ?? longest,
    warnings:
      alike.length === history.length
        ? []
        : [
            `Of the ${counted(history.length, "past rollout")} of the history ${alike.length} ${alike.length === 1 ? "has" : "have"} windows of ${formatDuration(policy.windowSeconds)}; nothing was learnt from the others.`,
          ],
    longest,
  };
}
