import type { ChangeFacts } from "../change/facts.ts";
import { believableReadings } from "../change/trust.ts";
import { defaultEnvironment } from "../policy/environment.ts";
import { type Mode, modes, type PolicyBundle, type Thresholds } from "../policy/schema.ts";
import { thresholdsFor } from "../policy/scope.ts";
import { counterfactuals } from "../risk/counterfactuals.ts";
import { shownScore } from "../risk/score.ts";
import type { PolicyAnswer } from "./answer.ts";
import { levelIn } from "./by-score.ts";
import { contributorsOf, unknownsOf } from "./contributors.ts";
import { leadingGate } from "./gate.ts";
import { readingOf, scoreLike, stricterReading } from "./reading.ts";
import type { ModelAnswer, ServiceDecision } from "./shape.ts";

export type ServiceAnswer = { decision: ServiceDecision; facts: ChangeFacts; notes: string[] };

/** Decides for one service: its facts, the policy, and the mode asked for, which may only strengthen the policy's. */
export function decideService(
  given: ChangeFacts,
  policy: PolicyBundle,
  asked: Mode | undefined,
): ServiceAnswer {
  const scope = {
    service: given.service?.name ?? "repository",
    environment: given.service?.environment ?? defaultEnvironment,
  };
  const thresholds = thresholdsFor(policy.thresholds, scope);
  const mode = stronger(thresholds.mode ?? "advisory", asked);
  const least = thresholds["error-budget"]?.["minimum-percent"] ?? 0;
  const ground = { policy, thresholds, scope, mode };
  const { worried, bare } =
    mode === "enforced"
      ? believableReadings(given, least, policy.calendar !== undefined)
      : { worried: given };
  const reading = bare
    ? stricterReading(readingOf(worried, ground), readingOf(bare, ground))
    : readingOf(worried, ground);
  const { facts, exact, heard, voice, scores, answer, atWorst } = reading;
  return {
    facts,
    notes: [...answer.notes, ...(heard?.note ? [heard.note] : [])],
    decision: {
      name: scope.service,
      environment: scope.environment,
      mode,
      ...scores,
      ...probabilityOf(heard?.answer),
      reference_score: shownScore((voice ?? exact).reference),
      contributors: contributorsOf(reading, policy),
      unknowns: unknownsOf(reading, thresholds),
      at_worst: {
        strategy: atWorst.picked.kind,
        needs_approval: atWorst.needsApproval,
        ...(atWorst.blocks ? { blocked: true } : {}),
      },
      counterfactuals: counterfactuals(facts, policy.weights, (after) => scoreLike(reading, after, ground)),
      strategy: answer.picked.kind,
      strategy_name: answer.picked.name,
      pace: answer.picked.pace,
      ...approvalOf(answer, thresholds),
      gates: answer.gates,
      reason_code: leadingGate(answer.gates)?.reason_code ?? "within-policy",
      ...(heard
        ? { model: { ...heard.answer, ...(voice ? { level: levelIn(ground, scores.band_score) } : {}) } }
        : {}),
    },
  };
}

/** In shadow it stays in what is said of the model. */
function probabilityOf(model: ModelAnswer | undefined): Pick<ServiceDecision, "probability"> {
  if (model?.probability === undefined || model.state === "shadow") return {};
  return { probability: model.probability };
}

export function stronger(policyMode: Mode, asked: Mode | undefined): Mode {
  if (asked === undefined) return policyMode;
  return modes.indexOf(asked) > modes.indexOf(policyMode) ? asked : policyMode;
}

type Approval = Pick<
  ServiceDecision,
  "allowed" | "needs_approval" | "approval_at" | "approvals_needed" | "approvers"
>;

/** A blocked change says nothing of approvals: none would let it go. */
function approvalOf({ blocks, needsApproval }: PolicyAnswer, { approval }: Thresholds): Approval {
  if (!needsApproval) return { allowed: !blocks, needs_approval: false };
  const at = approval?.at ?? "start";
  const approvers = approverWords(approval?.approvers);
  return {
    allowed: at === "cut-over",
    needs_approval: true,
    approval_at: at,
    approvals_needed: approval?.approvers?.count ?? 1,
    ...(approvers.length ? { approvers } : {}),
  };
}

function approverWords(approvers: NonNullable<Thresholds["approval"]>["approvers"]): string[] {
  if (!approvers) return [];
  return [
    ...(approvers.codeowners ? ["code owners of the files that drive the score"] : []),
    ...(approvers.teams ?? []).map((team) => `team ${team}`),
    ...(approvers.users ?? []).map((user) => `@${user}`),
    ...(approvers.permissions?.length
      ? [`people with ${approvers.permissions.join(", ").replace(/, ([^,]*)$/, " or $1")} permission`]
      : []),
  ];
}
