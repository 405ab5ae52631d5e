import { rulesOf } from "../decision/guardrails.ts";
import { analysisDefaults, mostWindows } from "../policy/analysis-defaults.ts";
import { durationSeconds } from "../policy/duration.ts";
import type { Rule } from "../policy/guardrails/index.ts";
import { profileNamed } from "../policy/profiles.ts";
import type { PolicyBundle, Thresholds } from "../policy/schema.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { crashLoopRule } from "./rules/crash-loops.ts";
import { sloRules } from "./rules/slo.ts";

/** The comparison's policy out of resolved thresholds; what they leave out has the value of analysisDefaults. */
export function analysisPolicyOf(
  { analysis = {} }: Thresholds,
  metric: AnalysisPolicy["metric"],
): AnalysisPolicy {
  const own = { ...analysisDefaults, ...analysis };
  const shared = { ...analysisDefaults["shared-fault"], ...analysis["shared-fault"] };
  const windowSeconds = durationSeconds(own.window);
  const healthyWindows = own["healthy-windows"];
  return {
    windowSeconds,
    healthyWindows,
    longestWindows: longestWindowsOf({ analysis }, windowSeconds),
    atDeadline: own["at-deadline"],
    falseAlarms: own["false-alarms-percent"] / 100,
    power: own["power-percent"] / 100,
    lowTraffic: own["low-traffic"],
    warmUpSeconds: durationSeconds(own["warm-up"]),
    sharedFault: {
      beganWithinSeconds: durationSeconds(shared["began-within"]),
      afterStep: shared["after-step"],
    },
    ...(own.judge === "kayenta" ? { kayenta: { ...analysisDefaults.kayenta, ...analysis.kayenta } } : {}),
    metric,
  };
}

/** Never too few to promote, nor without end: `policy check` refuses both of a file; scopes may add up to it. */
export function longestWindowsOf(
  { analysis = {} }: Pick<Thresholds, "analysis">,
  windowSeconds: number,
): number {
  const own = { ...analysisDefaults, ...analysis };
  const windows = Math.floor(durationSeconds(own.longest) / windowSeconds);
  return Math.min(mostWindows, Math.max(own["healthy-windows"], windows));
}

/** What is judged by rules: the bundle's own of the rollout and those of the profile, and what they count with. */
export type RulePolicy = {
  slo: { objective: number; periodSeconds: number; byDefault?: boolean };
  rules: Rule[];
  /** Ask rules/burn.ts as well. */
  burnRate: boolean;
};

export function rulePolicyOf(
  { analysis = {} }: Thresholds,
  policy: Pick<PolicyBundle, "thresholds" | "guardrails" | "mapping">,
): RulePolicy {
  const profile = profileNamed(policy.thresholds, analysis.profile);
  return {
    slo: sloOf({ analysis }),
    rules: [
      ...rulesOf(policy).filter(({ phase }) => phase === "rollout"),
      ...(profile === undefined ? [crashLoopRule] : sloRules(profile)),
    ],
    burnRate: profile?.["burn-rate"] === true,
  };
}

/** What the error budget is counted from. */
export function sloOf({ analysis = {} }: Pick<Thresholds, "analysis">): RulePolicy["slo"] {
  const slo = { ...analysisDefaults.slo, ...analysis.slo };
  const byDefault = analysis.slo?.["objective-percent"] === undefined;
  return { objective: slo["objective-percent"] / 100, periodSeconds: durationSeconds(slo.period), byDefault };
}
