import type { RolloutResult } from "../../actions/rollout/result.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { LeaseState } from "../../core/evidence/lease.ts";
import { renderRolloutMarkdown } from "../../core/render/rollout/markdown.ts";
import { renderStatusTerminal } from "../../core/render/rollout/status.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { statusOf } from "../../core/rollout/status.ts";
import type { Arguments } from "../arguments.ts";
import { documentText } from "../document.ts";
import type { Terminal } from "../terminal.ts";

/** A rollout in the form that was asked for. */
export function show(
  state: RolloutState,
  argument: Arguments,
  terminal: Terminal,
  lease: LeaseState | null = null,
): void {
  const status = statusOf(state, lease, new Date().toISOString());
  if (argument.flag("json")) terminal.out(documentText(status));
  else if (argument.flag("markdown")) terminal.out(renderRolloutMarkdown(status));
  else terminal.out(renderStatusTerminal(status, { colour: terminal.colour, width: terminal.width }));
}

/** What a run has left behind; where there is no rollout of it, the sentence says why. */
export function showResult(
  { state, sentence, exitCode }: RolloutResult,
  argument: Arguments,
  terminal: Terminal,
): ExitCode {
  if (state === undefined) terminal.note(`adaptive-deploy: ${sentence}`);
  else show(state, argument, terminal);
  return exitCode;
}
