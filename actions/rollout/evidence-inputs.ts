import type { ResolvedPolicy } from "../../adapters/policy/resolve.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import { optional } from "../../core/optional.ts";
import { decidingStep, windowSecondsOf, windowsOfPlan } from "../../core/rollout/course.ts";
import type { NewPlan, Version } from "../../core/rollout/plan.ts";
import { type AnalyzeInputs, armOf } from "../analyze/inputs.ts";
import { judgingOf } from "../analyze/judging.ts";
import type { InputValues } from "../io.ts";

type Arm = AnalyzeInputs["candidate"];

/** What a run of a rollout may say about its telemetry; all else follows from the plan and services.yaml. */
export type EvidenceInputs = {
  /** What tells the arms apart in the store, for example { hash: "…" }; absent: the version, by the name of the plan. */
  candidate?: Arm;
  stable?: Arm;
  fresh?: Arm;
} & Partial<
  Pick<
    AnalyzeInputs,
    | "baseline"
    | "sets"
    | "variables"
    | "settleSeconds"
    | "telemetryUrl"
    | "ready"
    | "live"
    | "onProbeFailure"
    | "history"
  >
>;

/** What telemetryInputs declares, of a step or of a command line. */
export function evidenceInputs(input: InputValues): EvidenceInputs {
  const arm = (name: string): Arm | undefined => (input(name) ? armOf(name, input(name)) : undefined);
  return {
    ...optional("candidate", arm("candidate-labels")),
    ...optional("stable", arm("stable-labels")),
    ...optional("telemetryUrl", input("telemetry-url") || undefined),
    ...optional("history", input("history") || undefined),
  };
}

/** The comparison of a plan as `analyze` takes it. */
export function inputsOfPlan(plan: NewPlan, given: EvidenceInputs, policy: AnalysisPolicy): AnalyzeInputs {
  return {
    ...{ service: plan.service, environment: plan.environment },
    ...optional("decisionId", plan.decision_id),
    candidate: given.candidate ?? versionOf(plan.candidate),
    stable: given.stable ?? versionOf(plan.stable),
    ...optional("fresh", given.fresh),
    baseline: given.baseline ?? "auto",
    weight: plan.steps[decidingStep(plan)]?.share ?? 100,
    ...{ sets: given.sets ?? [], variables: given.variables ?? {} },
    ...{ windowSeconds: policy.windowSeconds, windows: windowsOfPlan(plan, policy) },
    settleSeconds: given.settleSeconds ?? 0,
    ...optional("telemetryUrl", given.telemetryUrl),
    ...{ ready: given.ready ?? [], live: given.live ?? [] },
    onProbeFailure: given.onProbeFailure ?? "hold",
    ...optional("history", given.history),
    ...{ append: false, days: 7, instanceLabel: "instance", failOn: "never" },
  };
}

/** What holds for the analysis of a plan's service, in windows that all of its steps share. */
export function policyOfPlan(plan: NewPlan, { policy }: ResolvedPolicy): AnalysisPolicy {
  const { service, environment } = plan;
  const written = judgingOf(policy, environment, { service }, [], []).policy;
  const windowSeconds = windowSecondsOf(plan, written);
  return judgingOf(policy, environment, { service, windowSeconds }, [], []).policy;
}

/** Of an image its tag is the version, of all else the name by which the target calls it. */
function versionOf(version: Version | null): Arm {
  if (version === null) return {};
  const [image = ""] = version.id.split("@");
  return { version: /^(?!sha256:)[^\s:]+(?::\d+\/[^\s:]+)?:([\w][\w.-]*)$/.exec(image)?.[1] ?? version.id };
}
