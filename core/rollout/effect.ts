import * as z from "zod";
import { shareKinds } from "./plan.ts";

/** What a rollout may ask of a target. A target converges to each: applied twice, it is as if applied once. */
export const targetEffect = z.discriminatedUnion("kind", [
  /** The candidate stands beside the stable version and gets no traffic yet. */
  z.strictObject({ kind: z.literal("deploy") }),
  /** So much of the traffic, the instances or the devices is the candidate's. */
  z.strictObject({
    kind: z.literal("share"),
    share: z.number().min(0).max(100),
    by: z.enum(shareKinds),
  }),
  /** The target begins nothing new by itself; what runs goes on running. */
  z.strictObject({ kind: z.literal("pause") }),
  z.strictObject({ kind: z.literal("resume") }),
  /** The candidate is the stable version from now on, and the old one's capacity may go. */
  z.strictObject({ kind: z.literal("promote") }),
  /** All traffic to the stable version of the plan, and nothing left of the candidate. */
  z.strictObject({ kind: z.literal("restore") }),
]);
export type TargetEffect = z.infer<typeof targetEffect>;

/** So much of what somebody says is kept: a word that is too long is heard all the same, and so is its answer. */
export const said = z.string().transform((text) => text.slice(0, 4000).toWellFormed());

/** What a rollout tells people, each once; `asked`: another run was asked to go on with it. */
export const noticeKinds = ["page", "incident", "asked"] as const;
export const notice = z.strictObject({
  kind: z.enum(noticeKinds),
  code: z.string(),
  sentence: said,
});
export type Notice = z.infer<typeof notice>;

/** What a rollout wants done next, the most urgent first: the closed list that a driver has to know. */
export type Effect =
  | { do: "apply"; effect: TargetEffect }
  /** Gather evidence: at a step, or while the old version stays warm. */
  | { do: "watch"; step: number }
  | { do: "ask-approval" }
  | { do: "wait"; until: string }
  | { do: "tell"; notice: Notice }
  | { do: "conclude"; outcome: Conclusion }
  /** Nothing goes on without a person. */
  | { do: "stand" }
  | { do: "end" };

export const outcomes = ["completed", "rolled-back"] as const;
export const conclusion = z.strictObject({
  outcome: z.enum(outcomes),
  /** Digest of the candidate, by which it is quarantined. */
  candidate: z.string(),
  /** False where a person took it back. */
  automatic: z.boolean(),
  reason_code: z.string(),
  reason: said,
});
export type Conclusion = z.infer<typeof conclusion>;

export function sameEffect(left: TargetEffect, right: TargetEffect): boolean {
  if (left.kind !== right.kind) return false;
  return left.kind !== "share" || right.kind !== "share" || left.share === right.share;
}
