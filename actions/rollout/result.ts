import { type ExitCode, exitCodes, UserError } from "../../core/errors.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Turn } from "../../core/rollout/taking.ts";

export type RolloutResult = {
  state?: RolloutState;
  outputs: Record<string, string>;
  exitCode: ExitCode;
  /** How it ended or stands, for people, and how to go on. */
  sentence: string;
  goOn: string;
};

/** Nothing was moved, and why. That the target is there already is no fault: a job that is run again has nothing to do. */
export function nothingMoved(code: string, sentence: string, stable: string): RolloutResult {
  if (code !== "already-there") throw new UserError(code, sentence, exitCodes.blocked);
  const outputs = { rollout: "", outcome: code, "reason-code": code, stable };
  return { outputs, exitCode: exitCodes.go, sentence, goOn: "" };
}

/** What a run hands on once it has left a rollout. */
export function resultOf({ state, code, sentence }: Turn): RolloutResult {
  const { plan, doing, stop, turned } = state;
  const ended = code === "ended" && doing.kind === "ended";
  const stands = stop?.code === "paused" ? "paused" : "standing";
  const outcome = ended ? doing.outcome : stop !== null ? stands : code;
  const reason = turned?.code ?? (ended ? "healthy" : (stop?.code ?? code));
  const stable = ended && doing.outcome === "completed" ? plan.candidate : plan.stable;
  const goOn = ended ? "" : goingOn(state);
  return {
    state,
    outputs: { rollout: plan.rollout, outcome, "reason-code": reason, stable: stable?.id ?? "" },
    exitCode: exitCodeOf(outcome, ended),
    sentence: [endSentence(state, ended) || sentence, goOn].filter(Boolean).join(" "),
    goOn,
  };
}

function exitCodeOf(outcome: string, ended: boolean): ExitCode {
  if (ended) return outcome === "completed" ? exitCodes.go : exitCodes.blocked;
  return outcome === "ledger-unavailable" || outcome === "target-unavailable"
    ? exitCodes.unavailable
    : exitCodes.needsApproval;
}

function endSentence({ plan, doing, stop, turned }: RolloutState, ended: boolean): string {
  const { service, environment, candidate, stable } = plan;
  if (!ended) return stop?.sentence ?? "";
  if (doing.kind === "ended" && doing.outcome === "completed")
    return `${service} in ${environment} is at ${candidate.id}.`;
  return `${service} in ${environment} is back at ${stable?.id ?? "what it was"}: ${turned?.sentence ?? ""}`;
}

/** Nobody is left to guess how a rollout goes on that this run has left. */
export function goingOn({ plan, stop, turned }: RolloutState): string {
  if (turned !== null)
    return `The way back of ${plan.rollout} is not at its end: run this job again, or the rollback.`;
  const lift: Record<string, string> = { paused: "resume", held: "resume" };
  const first = stop === null ? "" : ` Somebody has to say \`${lift[stop.code] ?? "retry"}\` first.`;
  return `${plan.rollout} is left as it is.${first} Run this job again to go on with it, or the rollback to take it back.`;
}
