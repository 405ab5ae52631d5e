import { effective } from "../../core/decision/envelope.ts";
import type { Decision } from "../../core/decision/shape.ts";

/** The scalar outputs are those of the strictest service. */
export function decideOutputs(decision: Decision, path: string): Record<string, string> {
  const { allowed, needsApproval, reasonCode } = effective(decision);
  const result = {
    schema_version: 1,
    decision_id: decision.decision_id,
    environment: decision.environment,
    mode: decision.mode,
    risk_score: decision.risk_score,
    band_score: decision.band_score,
    worst_score: decision.worst_score,
    strategy: decision.strategy,
    pace: decision.pace,
    allowed,
    needs_approval: needsApproval,
    reason_code: reasonCode,
    services: decision.services.map((service) => service.name),
    policy_version: decision.policy_version,
    facts_digest: decision.facts_digest,
    recorded: decision.recorded,
  };
  return {
    "decision-id": decision.decision_id,
    services: JSON.stringify(result.services),
    "risk-score": String(decision.risk_score),
    strategy: decision.strategy,
    pace: JSON.stringify(decision.pace),
    allowed: String(allowed),
    "needs-approval": String(needsApproval),
    "reason-code": reasonCode,
    decision: path,
    result: JSON.stringify(result),
  };
}
