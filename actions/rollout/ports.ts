import type { DecisionBody } from "../../core/decision/shape.ts";
import type { Retry } from "../../core/evidence/append.ts";
import type { Approvals, Evidence, People } from "../../core/rollout/around.ts";
import type { Believes } from "../../core/rollout/fold-stream.ts";
import type { Journal } from "../../core/rollout/journal.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Waited } from "../decide/wait.ts";
import type { ServiceAnswer } from "./decision.ts";
import type { PreparePorts } from "./prepare.ts";
import type { Place } from "./service.ts";

/** What a rollout needs of the world around it, in a job as in a terminal. */
export type RolloutPorts = PreparePorts & {
  believes?: Believes;
  /** Files that a decision is given in are those of whoever runs it, as in a terminal. */
  ownFiles?: boolean;
  evidence(place: Place): Evidence;
  /** Asked before the last share. */
  approvals: Approvals;
  /** Waits for the approval that has to be there before the start; undefined where none is missing. */
  waitForStart(decision: DecisionBody, answer: ServiceAnswer, seconds: number): Promise<Waited | undefined>;
  people: People;
  /** Where a rollback past the ledger is kept. */
  journal?: Journal;
  /** Shows elsewhere how it goes, for example as a deployment's status. What fails there holds nothing up. */
  mirror?(state: RolloutState): Promise<void>;
  /** Writes how it ended, or that it stands, to where people were told. */
  settle?(state: RolloutState): Promise<void>;
  /** Looks on, for a trace. */
  saw?(state: RolloutState): void;
  /** Named in the lease: no other run has the name. */
  holder: string;
  /** Who is at it, for the record. */
  actor: string;
  /** Milliseconds of Unix time. */
  now(): number;
  nonce(): string;
  retry: Retry;
  sleep(milliseconds: number, stop: AbortSignal): Promise<void>;
  /** Aborted when the process is told to stop. */
  stop: AbortSignal;
  pollSeconds: number;
  freshSeconds: number;
  /** Told once it is known which rollout this run drives. */
  begun?(rollout: string): void;
  /** How it goes, a line a change. */
  say(line: string): void;
  warn(sentence: string): void;
  summary(markdown: string): Promise<void>;
  /** Writes a document among those of the evidence, and says where. */
  keep?(name: string, text: string): Promise<string>;
};
