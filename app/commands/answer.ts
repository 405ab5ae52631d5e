import type { ApprovalRefusal } from "../../adapters/github/approval-objects.ts";
import type { Command } from "../../core/commands/parse.ts";
import type { CommandProblem } from "../../core/commands/usage.ts";
import { inline } from "../../core/render/escape.ts";
import type { AppIdentity, Work } from "../ports.ts";
import type { Said } from "./event.ts";
import type { Place } from "./place.ts";
import type { Here } from "./rollout/here.ts";

export type CommandRefusal =
  | ApprovalRefusal
  | CommandProblem
  | "pull-request-closed"
  | "head-time-unknown"
  | "nothing-to-revoke"
  | "not-held"
  | "no-rollout"
  | "several-rollouts"
  | "nothing-to-change"
  | "ledger-elsewhere"
  | "nothing-started"
  | "not-here"
  | "policy-unreadable";

/** What a command came to, in Markdown. */
export type Answer =
  | { done: true /** The pull request has to be decided again. */; changed: boolean; markdown: string }
  | { done: false; reason: CommandRefusal; markdown: string };

export type Asking = { said: Said; person: string; place: Place; work: Work; identity: AppIdentity };
export type Answering<Kind extends Command["kind"]> = (
  command: Extract<Command, { kind: Kind }>,
  asking: Asking,
) => Promise<Answer>;

/** About rollouts: where it was said does not matter, but for the incident that it may be of. */
export type RolloutAsking = Pick<Asking, "said" | "person" | "work" | "identity"> & { here: Here };

/** A sentence of ours that may hold somebody else's words: logins, branches, reasons. */
export function refuse(reason: CommandRefusal, sentence: string): Answer {
  return { done: false, reason, markdown: inline(sentence, 1200) };
}

export function did(markdown: string, changed = false): Answer {
  return { done: true, changed, markdown };
}
