import type { Approval, Decision, DecisionBody, ReasonCode, RefusedApproval } from "./shape.ts";

/** Who and when, around what was decided. */
export type Envelope = {
  actor: string;
  decidedAt: string;
  approvals?: Approval[];
  refused?: RefusedApproval[];
  recorded: boolean;
  recordedReason?: ReasonCode;
  waitEnded?: ReasonCode;
};

export function enveloped(body: DecisionBody, envelope: Envelope): Decision {
  return {
    ...body,
    approvals: envelope.approvals ?? [],
    ...(envelope.refused?.length ? { approvals_refused: envelope.refused } : {}),
    recorded: envelope.recorded,
    ...(envelope.recordedReason ? { recorded_reason: envelope.recordedReason } : {}),
    ...(envelope.waitEnded ? { wait_ended: envelope.waitEnded } : {}),
    actor: envelope.actor,
    decided_at: envelope.decidedAt,
  };
}

/** Whether as many people approved as are asked for: one counts once, however the login is spelt. */
export function isApproved(
  { approvals_needed: needed = 1 }: Pick<DecisionBody, "approvals_needed">,
  approvals: readonly Approval[],
): boolean {
  return new Set(approvals.map(({ actor }) => actor.toLowerCase())).size >= needed;
}

/**
 * What holds once the approvals of the envelope are counted. Where one was given and does not count, the reason says
 * why; where a wait came to nothing, no approval counts.
 */
export function effective(decision: Decision): {
  allowed: boolean;
  needsApproval: boolean;
  reasonCode: ReasonCode;
} {
  const { wait_ended: waitEnded } = decision;
  if (decision.needs_approval && !waitEnded && isApproved(decision, decision.approvals))
    return { allowed: true, needsApproval: false, reasonCode: "approved" };
  const [refused] = decision.needs_approval ? (decision.approvals_refused ?? []) : [];
  return {
    allowed: decision.allowed,
    needsApproval: decision.needs_approval,
    reasonCode:
      (decision.needs_approval ? waitEnded : undefined) ?? refused?.reason_code ?? decision.reason_code,
  };
}
