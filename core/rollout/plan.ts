import { createHash } from "node:crypto";
import * as z from "zod";
import { canonicalJson } from "../evidence/canonical.ts";
import { strategyKinds } from "../policy/schema.ts";

/** One rollout as it was opened: written into the ledger before anything moves, and never changed afterwards. */

/** A version as its target calls it: an image with its digest, a package, the digest of a device's image. */
export const version = z
  .strictObject({
    id: z.string().min(1).max(1000),
    /** What stays the same wherever it is stored; quarantine goes by it. Absent: the id is taken. */
    digest: z.string().min(1).max(200).optional(),
  })
  .refine(({ id, digest }) => digest === undefined || (digestIn(id) ?? digest) === digest, {
    message: "the id names another digest",
  });
export type Version = z.infer<typeof version>;

export const digestOf = ({ id, digest }: Version): string => digest ?? id;

/** Whether somebody means this version who names it by its digest, or as its target calls it. */
export function isNamed(version: Version, name: string): boolean {
  return digestOf(version) === name || version.id === name;
}

/** An image that is named by its digest is known by it wherever it lies. */
export function digestIn(id: string): string | undefined {
  return /@(sha256:[0-9a-f]{64})$/.exec(id)?.[1];
}

/** Ten years: times stay instants that a calendar has. */
const longestSeconds = 10 * 366 * 86_400;

/** How a share is reached: percent of the traffic, of the instances, of the devices, or all at once. */
export const shareKinds = ["weight", "batch", "cohort", "cut-over"] as const;
export type ShareKind = (typeof shareKinds)[number];

export const planStep = z.strictObject({
  share: z.number().min(0).max(100),
  by: z.enum(shareKinds),
  window_seconds: z.number().positive().max(longestSeconds),
  healthy_windows: z.int().min(1),
});
export type PlanStep = z.infer<typeof planStep>;

/** `back` is no strategy: it takes an environment back to a version that was good, outside of any rollout. */
export const planKinds = [...strategyKinds, "back"] as const;

export const rolloutPlan = z.strictObject({
  schema_version: z.literal(1),
  rollout: z.string().regex(/^ro_[0-9a-f]{12}$/),
  decision_id: z.string().optional(),
  repository: z.string().optional(),
  /** Commit that the candidate was built from. */
  commit: z.string().optional(),
  service: z.string(),
  environment: z.string(),
  target: z.string(),
  kind: z.enum(planKinds),
  candidate: version,
  /** Where the way back leads; null where no version is known to be good. */
  stable: version.nullable().default(null),
  /** Those of policy, and the whole where none of them is it. */
  steps: z.array(planStep).max(21),
  /** `cut-over`: a person says yes before the last share. What has to be approved before the start is decided before. */
  approval: z.enum(["none", "cut-over"]),
  /** Why going back would do harm, a sentence each; empty: it is safe. Then a rollback is held and paged instead. */
  unsafe_back: z.array(z.string()),
  /** How long the old version stays warm behind the last share. */
  bake_seconds: z.number().min(0).max(longestSeconds),
  /** A rollback that takes longer is told to people; it goes on all the same. */
  back_within_seconds: z.number().positive().max(longestSeconds),
  /** An effect that the target has not reached by then has failed. */
  settle_seconds: z.number().positive().max(longestSeconds),
  /** Whether the target moves by itself once asked, and so has to be paused as well. */
  freezes: z.boolean(),
  /** A way back for every device of a fleet, and not only for those that were touched. */
  whole_fleet: z.literal(true).optional(),
  /** How often a failed effect is tried again before people are asked. */
  attempts: z.int().min(1),
});
export type RolloutPlan = z.infer<typeof rolloutPlan>;
export type NewPlan = Omit<RolloutPlan, "rollout">;

/** A name that no other rollout has, out of something random. */
export function rolloutName(nonce: string): string {
  return `ro_${createHash("sha256").update(nonce).digest("hex").slice(0, 12)}`;
}

/** In a plan that only says what a target is asked about. */
export const noRollout = "ro_000000000000";
/** And one that is about no version: no target has it. */
export const noVersion: Version = { id: "none" };

/**
 * What of a plan under way is not as it is planned now: only the same plan is gone on with. A target that has the
 * candidate as its stable version already does not say where back was.
 */
export function otherIn(plan: NewPlan, running: RolloutPlan): string[] {
  const names: (keyof NewPlan)[] = ["candidate", "kind", "steps", "approval", "unsafe_back"];
  names.push("decision_id", "commit", "target", "service", "environment");
  if (plan.stable !== null) names.push("stable");
  return names.filter((name) => canonicalJson(plan[name] ?? null) !== canonicalJson(running[name] ?? null));
}
