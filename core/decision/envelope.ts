import type { Approval, Decision, DecisionBody, ReasonCode } from "./shape.ts";

/** Who and when, around what was decided. */
export type Envelope = {
  actor: string;
  decidedAt: string;
  approvals?: Approval[];
  recorded: boolean;
  recordedReason?: ReasonCode;
};

export function enveloped(body: DecisionBody, envelope: Envelope): Decision {
  return {
    ...body,
    approvals: envelope.approvals ?? [],
    recorded: envelope.recorded,
    ...(envelope.recordedReason ? { recorded_reason: envelope.recordedReason } : {}),
    actor: envelope.actor,
    decided_at: envelope.decidedAt,
  };
}

/** What holds once the approvals of the envelope are counted: one person counts once, however the login is spelt. */
export function effective(decision: Decision): {
  allowed: boolean;
  needsApproval: boolean;
  reasonCode: ReasonCode;
} {
  const people = new Set(decision.approvals.map((approval) => approval.actor.toLowerCase()));
  const enough = people.size >= (decision.approvals_needed ?? 1);
  if (decision.needs_approval && enough)
    return { allowed: true, needsApproval: false, reasonCode: "approved" };
  return {
    allowed: decision.allowed,
    needsApproval: decision.needs_approval,
    reasonCode: decision.reason_code,
  };
}
