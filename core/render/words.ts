import { effective } from "../decision/envelope.ts";
import type { Decision, Gate, ReasonCode, ServiceDecision } from "../decision/shape.ts";

/** What a decision asks of its reader, in plain words. The same words serve comment, summary, check and terminal. */

export type Level = "low" | "medium" | "high";

export function levelOf(score: number): Level {
  if (score <= 30) return "low";
  return score <= 70 ? "medium" : "high";
}

/** Of a model's score its place among the bands says it; points have one meaning everywhere. */
export function levelOfAnswer(answer: Pick<ServiceDecision, "risk_score" | "model">): Level {
  return answer.model?.level ?? levelOf(answer.risk_score);
}

export const levelMarks: Record<Level, string> = { low: "🟢", medium: "🟡", high: "🔴" };

/** `cut-over` may start now and waits for a person before all traffic moves. */
export type Outcome = "go" | "cut-over" | "approve" | "block";

type Answer = Pick<
  ServiceDecision,
  "allowed" | "needs_approval" | "approval_at" | "approvals_needed" | "gates" | "reason_code" | "mode"
>;

export function outcomeOf(answer: Answer): Outcome {
  if (answer.gates.some((gate) => gate.verdict === "block")) return "block";
  if (!answer.allowed) return answer.needs_approval ? "approve" : "block";
  if (!answer.needs_approval) return "go";
  return answer.approval_at === "cut-over" ? "cut-over" : "approve";
}

/** The outcome once the approvals beside the body are counted. */
export function decisionOutcome(decision: Decision): Outcome {
  const { allowed, needsApproval } = effective(decision);
  return outcomeOf({ ...decision, allowed, needs_approval: needsApproval });
}

export function serviceOutcome(decision: Decision, service: ServiceDecision): Outcome {
  return decisionOutcome({ ...decision, ...service });
}

const outcomeOrder: Record<Outcome, number> = { block: 0, approve: 1, "cut-over": 2, go: 3 };

/** Services by what they ask of people, then by score. */
export function strictestFirst(decision: Decision): ServiceDecision[] {
  const ranked = decision.services.map((service) => ({
    service,
    order: outcomeOrder[serviceOutcome(decision, service)],
  }));
  ranked.sort(
    (left, right) =>
      left.order - right.order ||
      right.service.band_score - left.service.band_score ||
      right.service.risk_score - left.service.risk_score ||
      (left.service.name < right.service.name ? -1 : 1),
  );
  return ranked.map(({ service }) => service);
}

/** Whether the rollout stops at the start or just before all traffic moves. */
function moment(answer: Answer): string {
  return answer.approval_at === "cut-over" ? "before cut-over" : "before it starts";
}

/** The last part of the first line: what is asked of the reader. */
export function askOf(answer: Answer, outcome: Outcome, approvals = 0): string {
  if (answer.mode === "shadow") return shadowAsk(answer, outcome);
  const advisory = answer.mode === "advisory";
  const needed = answer.approvals_needed ?? 1;
  const approval = needed === 1 ? "approval" : `${needed} approvals`;
  switch (outcome) {
    case "go":
      return approvals > 0 ? "approved, may go" : "may go, nothing for you to do";
    case "cut-over":
      return advisory
        ? `may start; policy asks for ${approval} before cut-over`
        : `may start; needs ${approval} before cut-over`;
    case "approve":
      return advisory
        ? `policy asks for ${approval} ${moment(answer)}; you decide`
        : `needs ${approval} ${moment(answer)}`;
    case "block":
      return advisory
        ? `policy says not yet: ${reasonPhrase(answer)}; you decide`
        : `blocked: ${reasonPhrase(answer)}`;
  }
}

function shadowAsk(answer: Answer, outcome: Outcome): string {
  switch (outcome) {
    case "go":
      return "shadow: it would go";
    case "cut-over":
      return "shadow: it would start and need approval before cut-over";
    case "approve":
      return `shadow: it would need approval ${moment(answer)}`;
    case "block":
      return `shadow: it would be blocked (${reasonPhrase(answer)})`;
  }
}

/** Two or three words for a table or a check's title. */
export function shortAsk(answer: Answer, outcome: Outcome): string {
  const would = answer.mode === "shadow" ? "would " : "";
  switch (outcome) {
    case "go":
      return would ? "would go" : "may go";
    case "cut-over":
      return would ? "would need approval at cut-over" : "may start, approval at cut-over";
    case "approve":
      return would ? "would need approval" : "needs approval";
    case "block":
      if (would) return "would be blocked";
      return answer.mode === "advisory" ? "policy says not yet" : "blocked";
  }
}

/** What the mode means for the reader. */
export function modeSentence(decision: Decision): string {
  switch (decision.mode) {
    case "shadow":
      return "Shadow: recorded only. Nothing is blocked or changed; this is what it would have said.";
    case "advisory":
      return "Advisory: this never blocks your merge.";
    case "enforced":
      return "Enforced: the rollout waits for this answer.";
  }
}

/** Gates that stop the change, the blocking ones first. */
export function stoppingGates(gates: readonly Gate[]): Gate[] {
  return [
    ...gates.filter((gate) => gate.verdict === "block"),
    ...gates.filter((gate) => gate.verdict === "approve"),
  ];
}

function reasonPhrase(answer: Answer): string {
  const code = stoppingGates(answer.gates)[0]?.reason_code ?? answer.reason_code;
  return reasonPhrases[code];
}

export const reasonPhrases: Record<ReasonCode, string> = {
  "within-policy": "policy",
  "needs-approval": "needs approval",
  approved: "approved",
  "approval-not-carried": "the approval was for another commit",
  "approval-wait-ended": "no approval came in time",
  "approval-wait-stopped": "the wait for an approval was stopped",
  held: "somebody holds the change",
  "head-moved": "the pull request has a newer commit",
  "base-changed": "the pull request goes into another branch now",
  "pull-request-closed": "the pull request is closed",
  "approval-expired": "the approval has expired",
  "approval-not-counted": "the approval does not count",
  "score-needs-approval": "the score needs an approval",
  "override-needs-approval": "this kind of change needs an approval",
  "override-blocks": "policy blocks this kind of change",
  "guardrail-blocks": "a guardrail of the policy",
  "guardrail-needs-approval": "a guardrail asks for an approval",
  "guardrail-fact-unknown": "a guardrail needs a fact that is not known",
  "guardrail-allows": "a guardrail allows it",
  "critical-vulnerability": "critical vulnerability",
  vulnerability: "vulnerability",
  "outside-change-window": "outside the change window",
  "peak-hours": "peak hours",
  freeze: "a freeze is on",
  "error-budget-spent": "error budget spent",
  quarantined: "this candidate is in quarantine",
  cooldown: "cooling down after a rollback",
  "driver-unproven": "driver not proven",
  "required-fact-unknown": "a required fact is not known",
  "calendar-unknown": "the time of the change is not known",
  "revert-skips-gate": "a revert",
  "ledger-unavailable": "the ledger could not be reached",
  "ledger-not-configured": "no ledger was asked for",
  "read-only-token": "the token may only read",
  "model-missing": "there is no model",
  "model-broken": "the model cannot be read",
  "model-stale": "the model is too old",
  "model-unknowns": "too little is known for the model",
  "model-drifted": "outcomes no longer fit the model",
  "model-unproven": "the model has learnt from too little",
  "model-needs-approval": "the model's score needs an approval",
};
