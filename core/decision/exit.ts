import { type ExitCode, exitCodes } from "../errors.ts";
import { effective } from "./envelope.ts";
import type { Decision } from "./shape.ts";
import { blocked } from "./strictest.ts";

export type FailOn = "blocked" | "needs-approval" | "never";

/** Enforced mode fails on both, shadow never does, and in advisory mode `fail-on` says. */
export function exitCodeOf(decision: Decision, failOn: FailOn): ExitCode {
  if (decision.mode === "shadow") return exitCodes.go;
  const enforced = decision.mode === "enforced";
  if (blocked(decision)) return enforced || failOn !== "never" ? exitCodes.blocked : exitCodes.go;
  if (effective(decision).needsApproval) {
    return enforced || failOn === "needs-approval" ? exitCodes.needsApproval : exitCodes.go;
  }
  return exitCodes.go;
}
