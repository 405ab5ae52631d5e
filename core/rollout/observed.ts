import * as z from "zod";

/** What a target says of itself, and how a rollout compares it with what it wanted. */

/** Which versions a target runs, and how much of it the candidate has. Null: the target cannot tell. */
export const shape = z.strictObject({
  // A ledger leaves out what is null, so that both are the same.
  stable: z.string().nullable().default(null),
  /** The version beside the stable one, if there is one. */
  candidate: z.string().nullable().default(null),
  share: z.number().min(0).max(100).nullable().default(null),
});
export type Shape = z.infer<typeof shape>;

/** How a target stood when people were told of it, with the number of the mark that it carried. */
export const sight = shape.extend({ mark: z.int().min(0).optional() });
export type Sight = z.infer<typeof sight>;

/**
 * What the last writer of ours left on the target together with its effect. It stands before the effect is there, so
 * a target that looks neither as `from` nor as `to` was changed by somebody else.
 */
export const mark = z.strictObject({
  rollout: z.string(),
  /** Number of the lease under which it was written. */
  fencing: z.int().min(0),
  /** Which effect of the rollout, counted from 1. */
  number: z.int().min(1),
  from: shape,
  to: shape,
});
export type Mark = z.infer<typeof mark>;

export const handsOff = z.strictObject({
  by: z.string(),
  reason: z.string(),
  /** ISO instant; null: until somebody lifts it. */
  until: z.string().nullable(),
});
export type HandsOff = z.infer<typeof handsOff>;

/** Trouble of the candidate that the target sees without any telemetry: crash loops, devices that are stuck. */
export type TargetFault = { code: string; sentence: string };
/** A fault that is somebody's word: it was taken back on the target itself, past all automation. */
export const abortedCode = "rollout-aborted";

export type Observed = Shape & {
  /** False while something that was asked for is still under way. */
  settled: boolean;
  /** Whether the candidate's instances are ready; null: the target cannot tell. */
  ready: boolean | null;
  paused: boolean;
  mark: Mark | null;
  handsOff: HandsOff | null;
  faults: TargetFault[];
  /** Parts of the target that do not answer, a sentence each: what they do is unknown, and it is not settled. */
  silent?: string[];
  /** What was asked for last was left half-way by who asked, and does not go on by itself. */
  unfinished?: boolean;
};

/** Who keeps automation off at the moment, if anybody does. */
export function handsOffNow({ handsOff }: Pick<Observed, "handsOff">, now: string): HandsOff | null {
  if (handsOff === null || handsOff.until === null) return handsOff;
  // A time that cannot be read ends nothing.
  return Date.parse(handsOff.until) <= Date.parse(now) ? null : handsOff;
}

export function sameShape(left: Shape, right: Shape): boolean {
  return left.stable === right.stable && left.candidate === right.candidate && left.share === right.share;
}
