import * as z from "zod";
import { duration, name, percent } from "./parts.ts";

/** How a candidate is compared with its baseline while it goes out; core/analysis reads it through policy-of.ts. */

const latency = z
  .string()
  .regex(/^(\d+(\.\d{1,3})?(ms|s|m))+$/, "a latency is a number and ms, s or m, for example 300ms or 3.0s")
  .max(40);

export const judges = ["sequential", "kayenta"] as const;

const sharedFault = z
  .strictObject({
    "began-within": duration
      .optional()
      .describe("A shared breach that began so soon after a step may be its doing; 5m where absent."),
    "after-step": z
      .enum(["hold", "rollback"])
      .optional()
      .describe("What such a breach means; hold where absent."),
  })
  .describe("A breach that the baseline has as well. It pages, and holds the rollout or takes it back.");

const slo = z
  .strictObject({
    "objective-percent": z
      .number()
      .gt(0)
      .lt(100)
      .optional()
      .describe("Events that have to be good; 99.9 where absent."),
    period: duration
      .optional()
      .describe("What the objective is counted over; 28d where absent, 1h at the least."),
  })
  .describe("What the error budget is counted from.");

/** No rules of a profile at all. */
export const noProfile = "none";
export const profileName = name(40);

export const analysis = z
  .strictObject({
    window: duration.optional().describe("Length of a window; 2m where absent."),
    "healthy-windows": z
      .int()
      .min(1)
      .max(1000)
      .optional()
      .describe("Healthy windows in a row before a promotion; 5 where absent."),
    longest: duration.optional().describe("How long one comparison may take; 60m where absent."),
    "at-deadline": z
      .enum(["hold", "slow", "rollback"])
      .optional()
      .describe("What is done when that time is over without an answer; hold where absent."),
    "false-alarms-percent": z
      .number()
      .min(0.01)
      .max(50)
      .optional()
      .describe("Of rollouts without an effect: how many may be taken back; 2 where absent."),
    "power-percent": z
      .number()
      .min(50)
      .max(99.9)
      .optional()
      .describe("The chance of seeing a harm that a step has to have; 80 where absent."),
    "low-traffic": z
      .enum(["longer", "hold", "bake"])
      .optional()
      .describe(
        "Where traffic is not enough: lengthen the window, hold for a person (where absent), or let time pass.",
      ),
    "warm-up": duration
      .optional()
      .describe("After each change of the weight, left out of the comparison; 0s where absent."),
    "shared-fault": sharedFault.optional(),
    profile: profileName
      .optional()
      .describe("Rules of an SLO profile: interactive, patient, one of `profiles`, or none (where absent)."),
    slo: slo.optional(),
    judge: z.enum(judges).optional().describe("sequential where absent; kayenta scores as Kayenta does."),
    kayenta: z
      .strictObject({
        pass: z.number().min(0).max(100).optional().describe("Score that promotes; 95 where absent."),
        marginal: z
          .number()
          .min(0)
          .max(100)
          .optional()
          .describe("Score below which the candidate is taken back; 75 where absent."),
      })
      .refine(({ pass = 95, marginal = 75 }) => marginal <= pass, "marginal may not be above pass")
      .optional()
      .describe("The scores of Kayenta's judge."),
  })
  .describe("How a candidate is compared with its baseline while it goes out.");
export type Analysis = z.infer<typeof analysis>;

const breach = z.enum(["slow", "hold", "rollback"]).optional();

export const sloProfile = z
  .strictObject({
    "success-percent": percent.optional().describe("The least percent of requests that have to succeed."),
    latency: z
      .strictObject({ p50: latency.optional(), p95: latency.optional(), p99: latency.optional() })
      .optional()
      .describe("The slowest that each of these may be."),
    errors: z
      .strictObject({
        "above-percent": percent,
        for: duration,
        breach: breach.describe("What it means when it lasts; slow where absent."),
      })
      .optional()
      .describe("A rate of errors that is borne for a while only."),
    "error-budget-percent": percent
      .optional()
      .describe("The least percent of the error budget that is left."),
    "burn-rate": z.boolean().optional().describe("true: the budget may not burn fast over several windows."),
    "crash-loops": z
      .boolean()
      .optional()
      .describe("false: an instance in a crash loop takes nothing back; true where absent."),
    for: duration.optional().describe("How long success or latency have to be broken; 3m where absent."),
    breach: breach.describe("What broken success or latency mean; rollback where absent."),
  })
  .describe("What a service promises, kept while a candidate goes out.");
export type SloProfile = z.infer<typeof sloProfile>;
