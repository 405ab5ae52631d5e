import * as z from "zod";
import type { VerdictWord } from "../verdict.ts";
import { label } from "./arms.ts";

/** Webhooks of Flagger. All get the same body; a status up to 202 passes, and above it the body is the error's text. */
export const flaggerHooks = [
  "confirm-rollout",
  "pre-rollout",
  "rollout",
  "confirm-traffic-increase",
  "confirm-promotion",
  "rollback",
  "post-rollout",
  "event",
] as const;
export type FlaggerHook = (typeof flaggerHooks)[number];

const kubernetesName = z
  .string()
  .max(253)
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, "a name of Kubernetes");

/** Fields that a later Flagger adds are passed over. */
export const flaggerRequest = z.looseObject({
  name: kubernetesName,
  namespace: kubernetesName,
  phase: z.string().max(100).optional(),
  checksum: z
    .string()
    .regex(/^[\w.-]{1,128}$/, "a checksum")
    .describe("Of what Flagger rolls out: another one is another rollout."),
  metadata: z
    .record(z.string().max(200), z.string().max(10_000))
    .nullish()
    .describe(
      "Of ours: repository, service, environment, candidate-version, baseline-version, candidate-hash, baseline-hash.",
    ),
});
export type FlaggerRequest = z.infer<typeof flaggerRequest>;

/** What of a webhook's metadata speaks to us. */
export const flaggerMetadata = z.object({
  repository: z.string().max(140).optional(),
  service: label.optional(),
  environment: label.optional(),
  "candidate-version": label.optional(),
  "baseline-version": label.optional(),
  "candidate-hash": label.optional(),
  "baseline-hash": label.optional(),
});

/** A verdict, or that no comparison has begun, because the candidate had no traffic yet. */
export type FlaggerState = VerdictWord | "not-begun";

const everything: readonly FlaggerState[] = ["not-begun", "promote", "slow", "hold", "rollback"];
const allButRollback = everything.filter((state) => state !== "rollback");

/**
 * When each hook passes. `rollback` is inverted: passing is what rolls back. A hook `rollout` that fails counts towards
 * Flagger's threshold and so towards a rollback, so that it fails on nothing but harm. The two before the first traffic
 * begin an attempt, whatever an earlier one of the same checksum came to.
 */
const passes: Record<FlaggerHook, readonly FlaggerState[]> = {
  "confirm-rollout": everything,
  "pre-rollout": everything,
  rollout: allButRollback,
  "confirm-traffic-increase": ["not-begun", "promote"],
  "confirm-promotion": ["promote"],
  rollback: ["rollback"],
  "post-rollout": everything,
  event: everything,
};

/** 403 and never 5xx: Flagger's client hides the text of those, and takes them for an outage. */
export function flaggerStatus(hook: FlaggerHook, state: FlaggerState): 200 | 403 {
  return passes[hook].includes(state) ? 200 : 403;
}
