import type { Retry } from "../evidence/append.ts";
import type { Ledger, Target } from "../ports.ts";
import type { Notice } from "./effect.ts";
import type { EventOf } from "./events.ts";
import type { Believes } from "./fold-stream.ts";
import type { Journal } from "./journal.ts";
import type { RolloutState } from "./state.ts";
import type { StopRules } from "./stops.ts";

/** What a driver of a rollout needs of the world. The clock and chance are passed in: the core has neither. */

/** One look at the evidence of a step: an answer, or when to look again. */
export type Look =
  | { final: true; verdict: Omit<EventOf<"verdict">["body"], "rollout" | "step"> }
  /** `blind`: the evidence did not answer, and so it says nothing of the time that has passed. */
  | { final: false; again: string; sentence: string; blind?: true };

export type Evidence = {
  /** `since`: when the step was reached. Asked again and again; what was measured before is not asked for twice. */
  look(state: RolloutState, step: number, since: string): Promise<Look>;
};

export type Approvals = {
  /** Looked up where it was given, at the moment of use; null while nobody has. */
  look(state: RolloutState): Promise<{ by: string; reason: string; source?: string } | null>;
};

export type People = {
  /** The same notice of the same rollout told twice is told once. Gives where it can be read. */
  tell(state: RolloutState, notice: Notice): Promise<string | undefined>;
};

export type Around = {
  ledger: Ledger;
  stream: string;
  target: Target;
  evidence: Evidence;
  approvals: Approvals;
  people: People;
  rules: StopRules;
  /** Who drives: named in the lease, and as the actor of what is written. */
  holder: string;
  /** What a rollback writes down while the ledger cannot be reached; absent: the mark on the target alone tells of it. */
  journal?: Journal;
  actor: string;
  leaseSeconds: number;
  /** Seconds between two looks at a target that moves. */
  pollSeconds: number;
  /** How old a read of the ledger may be where nothing is written. */
  freshSeconds: number;
  now(): string;
  /** Sleeps, and no longer than until `over` is aborted, which is no fault. */
  pause(milliseconds: number, over: AbortSignal): Promise<void>;
  nonce(): string;
  believes?: Believes;
  retry: Retry;
};
