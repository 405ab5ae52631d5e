import { optional } from "../optional.ts";
import type { Judged } from "./conclude.ts";
import type { Measurements } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { StepPower, Verdict } from "./verdict.ts";

/** What a verdict is about, beside what was measured. */
export type Occasion = {
  decisionId?: string;
  service?: string;
  environment?: string;
  /** What tells the versions apart, as text. */
  candidate?: string;
  stable?: string;
  policyVersion?: { hash: string; commit: string };
  baseline: Verdict["baseline"];
  power?: StepPower[];
  warnings?: string[];
};

/** What every judge comes to, whatever it compares with. */
export type Conclusion = Omit<Judged, "tracks" | "states">;

/** The document verdict.json around what a judge has of its own. */
export function framed(
  conclusion: Conclusion,
  {
    id,
    window_seconds,
    started_at,
    weights,
  }: Pick<Measurements, "id" | "window_seconds" | "started_at" | "weights">,
  policy: AnalysisPolicy,
  occasion: Occasion,
  own: Pick<Verdict, "false_alarms" | "metrics" | "kayenta">,
): Verdict {
  const { demand } = conclusion;
  const fault = demand?.fault;
  return {
    schema_version: 1,
    id,
    ...optional("decision_id", occasion.decisionId),
    ...optional("service", occasion.service),
    ...optional("environment", occasion.environment),
    ...optional("candidate", occasion.candidate),
    ...optional("stable", occasion.stable),
    ...optional("policy_version", occasion.policyVersion),
    verdict: conclusion.verdict,
    reason_code: conclusion.reason,
    reason: conclusion.sentence,
    at_window: conclusion.atWindow,
    windows_planned: conclusion.windowsPlanned,
    window_seconds,
    ...optional("started_at", started_at),
    ...optional("weights", weights?.slice(0, conclusion.atWindow)),
    healthy_windows: { in_a_row: conclusion.healthyInARow, needed: policy.healthyWindows },
    false_alarms: own.false_alarms,
    ...optional("kayenta", own.kayenta),
    baseline: occasion.baseline,
    ...(conclusion.verdict === "hold" || conclusion.verdict === "slow"
      ? {
          waiting: {
            missing: conclusion.missing,
            deadline_window: conclusion.windowsPlanned,
            at_deadline: policy.atDeadline,
            page: fault?.page ?? conclusion.atWindow >= conclusion.windowsPlanned,
          },
        }
      : {}),
    ...(fault
      ? {
          shared_fault: {
            sentence: fault.sentence,
            began_at_window: fault.began_at_window,
            page: fault.page,
          },
        }
      : {}),
    ...optional("power", occasion.power),
    guardrails: conclusion.guardrails,
    metrics: own.metrics,
    warnings: [...conclusion.warnings, ...(occasion.warnings ?? [])],
  };
}
