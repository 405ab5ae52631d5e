import * as z from "zod";
import { modes } from "../modes.ts";
import { percent, someDuration } from "./parts.ts";
import { bands } from "./strategy-mapping.ts";

/** What the model of risk may say here, and how much it counts. */

export const scoreScales = ["points", "rank", "probability"] as const;
export type ScoreScale = (typeof scoreScales)[number];

export const modelRules = z
  .strictObject({
    state: z
      .enum(modes)
      .optional()
      .describe(
        "shadow (default): recorded, changes nothing; advisory: shown, decides nothing; enforced: gives score, strategy and approval.",
      ),
    scale: z
      .enum(scoreScales)
      .optional()
      .describe(
        "rank (default): percent of recent changes that are less risky; probability: calibrated, in percent; points: the weights keep the score, and the model speaks beside it.",
      ),
    bands: bands
      .optional()
      .describe(
        "From a score on the scale to a strategy; where absent on the scale rank: the mapping's strategies up to 80, 95 and 100.",
      ),
    approval: z
      .strictObject({
        from: percent
          .optional()
          .describe("The lowest score on the scale that needs an approval; 98 where absent on rank."),
        "least-probability": percent
          .optional()
          .describe("Below this calibrated probability, in percent, no rank asks for one; 5 where absent."),
      })
      .optional(),
    "stale-after": someDuration
      .optional()
      .describe("How old the newest change may be that the model has learnt from; 90d where absent."),
    "most-unknowns": percent
      .optional()
      .describe("Percent of the model's columns that may be unknown; 50 where absent."),
    "least-labels": z
      .int()
      .min(0)
      .max(1_000_000)
      .optional()
      .describe("With fewer changes of known outcome a model stays shadow; 200 where absent."),
    "enforce-when": z
      .strictObject({
        releases: z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("Releases with an outcome; 20 where absent."),
        "false-positives-percent": percent
          .optional()
          .describe("Of the changes that went well, the share held up must be below this; 10 where absent."),
        recall: z
          .enum(["not-below-heuristic", "any"])
          .optional()
          .describe("Failures caught, beside those that the weights catch."),
      })
      .optional()
      .describe("What the shadow report asks for before it recommends `state: enforced`."),
    drift: z
      .strictObject({
        factor: z
          .number()
          .min(1.2)
          .max(10)
          .optional()
          .describe(
            "So many times the odds of failing that the model gives, or that part of them, is drift; 2 where absent.",
          ),
        "false-alarms-percent": z
          .number()
          .min(0.1)
          .max(50)
          .optional()
          .describe(
            "In so many of 100 models that hold what they say, drift is ever called; 5 where absent.",
          ),
        "least-releases": z
          .int()
          .min(1)
          .max(100_000)
          .optional()
          .describe("With fewer outcomes of what it said nothing is called drift; 20 where absent."),
      })
      .optional()
      .describe("When releases go so unlike what the model said that the weights take over."),
  })
  .describe("What model.json in this folder may say. Where it cannot speak, the weights do.");
export type ModelRules = z.infer<typeof modelRules>;

export const modelDefaults = {
  state: "shadow",
  scale: "rank",
  "approval-from-rank": 98,
  "least-probability": 5,
  "stale-after": "90d",
  "most-unknowns": 50,
  "least-labels": 200,
  "enforce-when": { releases: 20, "false-positives-percent": 10, recall: "not-below-heuristic" },
  drift: { factor: 2, "false-alarms-percent": 5, "least-releases": 20 },
} as const satisfies ModelRules & Record<string, unknown>;
