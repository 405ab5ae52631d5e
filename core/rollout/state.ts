import type { Conclusion, Notice, TargetEffect } from "./effect.ts";
import type { EventOf } from "./events.ts";
import type { Sight } from "./observed.ts";
import type { RolloutPlan } from "./plan.ts";

/** Where a rollout stands: a fold of its events, so that whoever reads the ledger can go on with it. */

/** What the rollout is about, while nobody stops it. */
export type Doing =
  /** The target is brought to `effect`; `step` is the step that a share belongs to. */
  | { kind: "moving"; effect: TargetEffect; step: number; attempt: number }
  /** Evidence is gathered at the step. */
  | { kind: "watching"; step: number; since: string; slowed: number }
  /** A person is asked before the share of the step. */
  | { kind: "approval"; step: number; since: string }
  /** The candidate has everything, and the old version stays warm. */
  | { kind: "baking"; since: string; until: string }
  /** All is done but the writing of it. */
  | { kind: "concluding"; outcome: Conclusion }
  | { kind: "ended"; outcome: Conclusion["outcome"] | "overruled"; at: string };

/** Why it stands, until a person lifts it. */
export type Stop = { code: string; sentence: string; by: string; at: string; seen?: Sight };

/** Why it goes back to the stable version. */
export type Turn = { code: string; sentence: string; automatic: boolean; at: string };

/** `since`: when it was first meant; `at`: when it was last, by whoever goes on with it. */
export type OpenIntent = { number: number; fencing: number; effect: TargetEffect; at: string; since: string };

export type RolloutState = {
  plan: RolloutPlan;
  openedAt: string;
  doing: Doing;
  stop: Stop | null;
  turned: Turn | null;
  /** The last effect that was seen to hold. */
  reached: TargetEffect | null;
  /** Steps in the order in which their watching began, since the first step or since a person overruled a verdict. */
  reachedAt: { step: number; share: number; at: string }[];
  /** Number of its intent, and of the mark that stood on the target then. */
  reachedNumber: number;
  left: number;
  /** An intent without a result: somebody is at it, or has died over it. */
  open: OpenIntent | null;
  /** How many intents there were. */
  numbers: number;
  verdict: EventOf<"verdict">["body"] | null;
  notices: { notice: Notice; told: boolean }[];
  approved: boolean;
  /** A person said that the verdict was wrong. */
  disputed: boolean;
  /** Whether the target itself was paused by us. */
  frozen: boolean;
  /** Numbers of the intents that paused it: whether a pause that is there was ours. */
  pauses: number[];
  /** How somebody else left the target, and a person told us to go on from there. */
  accepted: Sight | null;
};
