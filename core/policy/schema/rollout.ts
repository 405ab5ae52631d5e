import * as z from "zod";
import { durationBetween, someDuration } from "./parts.ts";

/** How a candidate goes out, once the decision says how: core/rollout reads it through plan-of.ts. */

const repeated = z.strictObject({
  rollbacks: z.int().min(1).max(100).describe("So many rollbacks without a person's doing …"),
  within: someDuration.describe("… in so long a time, and nothing goes out until that time is over."),
});

export const rollout = z
  .strictObject({
    bake: durationBetween("0s", "3660d")
      .optional()
      .describe("How long the old version stays warm once the new one has everything; 30m where absent."),
    "back-within": someDuration
      .optional()
      .describe("A rollback that takes longer is paged, and goes on; 120s where absent."),
    settle: someDuration
      .optional()
      .describe("How long the target may take for one change; 10m where absent, for devices 24h."),
    attempts: z
      .int()
      .min(1)
      .max(20)
      .optional()
      .describe("How often a failed change is tried before it is taken back; 3 where absent."),
    // What a lease in the ledger may last: another one would be asked for and never had, without an end.
    lease: durationBetween("10s", "24h")
      .optional()
      .describe("How long a run that fell silent keeps others away; 10m where absent, adopted after two."),
    breaker: repeated.optional().describe("Of one service: 3 within 24h where absent."),
    "environment-breaker": repeated
      .optional()
      .describe("Of a whole environment, which is paged as well: 5 within 1h where absent."),
  })
  .describe("How a candidate goes out and comes back.");
export type RolloutRules = z.infer<typeof rollout>;

export const rolloutDefaults = {
  bake: "30m",
  "back-within": "120s",
  settle: "10m",
  attempts: 3,
  lease: "10m",
  breaker: { rollbacks: 3, within: "24h" },
  "environment-breaker": { rollbacks: 5, within: "1h" },
  cooldown: "30m",
} as const;
