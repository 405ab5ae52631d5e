import { type ExitCode, exitCodes } from "../errors.ts";
import { effective } from "./envelope.ts";
import type { Decision } from "./shape.ts";
import { blocked } from "./strictest.ts";

export type FailOn = "blocked" | "needs-approval" | "never";

/**
 * Enforced mode fails on both, shadow never does, and in advisory mode `fail-on` says. Every service is asked, because
 * the strictest one may be in a milder mode than another. An approval at cut-over holds up no start.
 */
export function exitCodeOf(decision: Decision, failOn: FailOn): ExitCode {
  const answers = decision.services.length ? decision.services : [decision];
  const codes = answers.map((answer) => exitCodeOfOne({ ...decision, ...answer }, failOn));
  const { blocked, needsApproval, go } = exitCodes;
  return [blocked, needsApproval].find((code) => codes.includes(code)) ?? go;
}

function exitCodeOfOne(decision: Decision, failOn: FailOn): ExitCode {
  if (decision.mode === "shadow") return exitCodes.go;
  const enforced = decision.mode === "enforced";
  if (blocked(decision)) return enforced || failOn !== "never" ? exitCodes.blocked : exitCodes.go;
  const { allowed, needsApproval } = effective(decision);
  const waits = needsApproval && !allowed;
  return waits && (enforced || failOn === "needs-approval") ? exitCodes.needsApproval : exitCodes.go;
}
