import * as z from "zod";
import { modes } from "../modes.ts";
import { analysis, profileName, sloProfile } from "./analysis.ts";
import { modelRules } from "./model.ts";
import { answer, duration, header, match, percent } from "./parts.ts";
import { rollout } from "./rollout.ts";

export { type Mode, modes } from "../modes.ts";

const approvers = z
  .strictObject({
    count: z.int().min(1).max(10).optional().describe("How many different people; 1 where absent."),
    permissions: z
      .array(z.enum(["write", "maintain", "admin"]))
      .max(3)
      .optional(),
    users: z.array(z.string()).max(200).optional(),
    teams: z.array(z.string()).max(200).optional(),
    codeowners: z
      .boolean()
      .optional()
      .describe("true: owners of the touched files by CODEOWNERS of the base."),
  })
  .describe("Who may approve; never the author of the change.");

/** What a decision on a pull request may wait for; core/decision/provisional.ts says when each has come. */
export const awaitedFacts = ["ci", "coverage", "scan", "performance"] as const;
export type AwaitedFact = (typeof awaitedFacts)[number];

const waitFor = z
  .strictObject({
    facts: z.array(z.enum(awaitedFacts)).max(awaitedFacts.length),
    deadline: duration
      .optional()
      .describe("Counted from when the head was pushed; 30m where absent. Then it settles without them."),
  })
  .describe("Until these facts are there the App's score is provisional and its check in progress.");
export type WaitFor = z.infer<typeof waitFor>;

const thresholds = z.strictObject({
  mode: z
    .enum(modes)
    .optional()
    .describe(
      "shadow: recorded, changes nothing; advisory: posted, a person decides; enforced: what it says holds.",
    ),
  approval: z
    .strictObject({
      from: percent.optional().describe("The lowest risk score that needs an approval."),
      at: z
        .enum(["start", "cut-over"])
        .optional()
        .describe("Before the rollout starts (default), or before its last step."),
      approvers: approvers.optional(),
      "expires-after": duration
        .optional()
        .describe(
          "How long an approval holds, counted from when it was written; absent: as long as its commit.",
        ),
    })
    .optional(),
  "error-budget": z
    .strictObject({
      "minimum-percent": percent.describe("Percent of the error budget that must be left."),
      below: answer,
    })
    .optional(),
  vulnerabilities: z
    .strictObject({ critical: answer.optional(), high: answer.optional(), medium: answer.optional() })
    .optional()
    .describe("What a known vulnerability of each severity means: pass, approve or block."),
  "change-window": z
    .strictObject({ closed: answer })
    .optional()
    .describe("Outside of the calendar's change windows."),
  peak: z.strictObject({ during: answer }).optional().describe("In the calendar's peak hours."),
  freeze: z.strictObject({ during: answer }).optional().describe("In one of the calendar's freezes."),
  quarantine: z
    .strictObject({
      during: answer,
      cooldown: duration.optional().describe("How long a service rests after a rollback."),
    })
    .optional()
    .describe("A candidate that was rolled back before, and a service that rests after rollbacks."),
  "windows-driver": z
    .strictObject({ unproven: answer })
    .optional()
    .describe("A Windows driver without a verified signature or without passed driver tests."),
  "required-facts": z
    .array(z.string())
    .max(50)
    .optional()
    .describe("Facts that must be known, for example coverage.delta; a missing one asks for an approval."),
  "wait-for": waitFor.optional(),
  analysis: analysis.optional(),
  rollout: rollout.optional(),
  model: modelRules.optional(),
});
export type Thresholds = z.infer<typeof thresholds>;

export const thresholdsAndWindows = z.strictObject({
  ...header,
  defaults: thresholds.describe("What holds where no scope says otherwise."),
  scopes: z
    .array(z.strictObject({ match, ...thresholds.shape }))
    .max(200)
    .optional()
    .describe("What differs for single services or environments; each match adds to those before it."),
  profiles: z
    .record(profileName, sloProfile)
    .optional()
    .describe("SLO profiles of the team's own, which `analysis.profile` chooses among by name."),
});
export type ThresholdsAndWindows = z.infer<typeof thresholdsAndWindows>;
