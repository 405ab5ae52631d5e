import type { QueryMetric } from "../../policy/schema.ts";
import { windowsOf } from "../difference.ts";
import type { Judge } from "../judge.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import type { RulePolicy } from "../policy-of.ts";
import { rolloutReadings } from "../rollout-readings.ts";
import { rolloutRules } from "../rollout-rules.ts";
import { stepsOf } from "../steps-of.ts";

/**
 * Policy's fixed rules alone: guardrails of the rollout and those of its profile. Undefined where no metric supplies
 * what they read, so that nothing is said of them.
 */
export function rulesJudge(
  policy: AnalysisPolicy,
  rules: RulePolicy,
  metrics: ReadonlyMap<string, QueryMetric>,
  facts: { environment: string; service?: string },
): Judge | undefined {
  const supplied = [...metrics.values()].some(({ supplies = [] }) => supplies.length > 0);
  if (!supplied || rules.rules.length === 0) return undefined;
  return (rollout) => {
    const { window_seconds: windowSeconds } = rollout;
    const saying = rolloutRules({
      policy,
      rules,
      readings: rolloutReadings(rollout, metrics, facts),
      firstEnd: windowSeconds,
      windowSeconds,
      stepSeconds: stepsOf(rollout.weights).map((step) => step * windowSeconds),
      probes: { onFailure: "hold", failed: () => undefined },
    });
    const windows = Math.max(0, ...Object.values(rollout.metrics).map(windowsOf));
    for (let window = 0; window < windows; window++) {
      const { demand } = saying(window);
      if (demand?.action === "rollback")
        return {
          verdict: "rollback",
          reason: demand.reason_code,
          sentence: demand.sentence,
          atWindow: window + 1,
        };
    }
    return {
      verdict: "hold",
      reason: "not-enough-evidence",
      sentence: "No rule takes back.",
      atWindow: Math.max(1, windows),
    };
  };
}
