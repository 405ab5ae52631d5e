import * as z from "zod";
import { duration, header, match, name, percent } from "./parts.ts";

const step = {
  window: duration.describe("How long one look at the metrics lasts, for example 2m."),
  "healthy-windows": z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe("Healthy windows in a row before the next step; 1 where absent."),
};
const weight = percent.describe("Percent of the traffic that the new version gets.");
const strategy = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("rolling"),
    steps: z
      .array(
        z.strictObject({ batch: percent.describe("Percent of the instances replaced by then."), ...step }),
      )
      .min(1)
      .max(20),
  }),
  z.strictObject({
    kind: z.literal("canary"),
    steps: z
      .array(z.strictObject({ weight, ...step }))
      .min(1)
      .max(20),
  }),
  z.strictObject({
    kind: z.literal("blue-green"),
    steps: z
      .array(z.strictObject({ weight, ...step }))
      .min(1)
      .max(20),
  }),
  z.strictObject({
    kind: z.literal("cohorts"),
    steps: z
      .array(z.strictObject({ cohort: percent.describe("Percent of the devices updated by then."), ...step }))
      .min(1)
      .max(20),
  }),
]);
export type Strategy = z.infer<typeof strategy>;
export const strategyKinds = ["rolling", "canary", "blue-green", "cohorts"] as const;
export type StrategyKind = (typeof strategyKinds)[number];

const band = z.strictObject({
  "up-to": percent.describe("The highest score of this band; the next one begins right above it."),
  strategy: z.string().describe("Name of one of the strategies."),
});
export const bands = z.array(band).min(1).max(20);

const override = z.strictObject({
  name: name(60).describe("How the override is called in a decision."),
  when: z.string().max(2000).describe("A condition in the guardrail language, for example: kinds.db_schema"),
  strategy: z.string().optional().describe("Name of the strategy to use."),
  choose: z
    .enum(["at-least", "exactly"])
    .optional()
    .describe("at-least (default) never picks a less careful strategy than the band's; exactly does."),
  approval: z.literal("required").optional(),
  block: z.boolean().optional().describe("true: the change may not go."),
});
export type Override = z.infer<typeof override>;

export const strategyMapping = z.strictObject({
  ...header,
  strategies: z.record(name(40), strategy).describe("Ways to roll out, by a name of your choice."),
  bands: bands.describe("From a score to a strategy; rising, the last one up to 100."),
  overrides: z
    .array(override)
    .max(100)
    .optional()
    .describe("Conditions that pick another strategy, ask for an approval or block."),
  scopes: z
    .array(z.strictObject({ match, bands }))
    .max(200)
    .optional()
    .describe("Bands of single services or environments; the last scope that matches wins."),
});
export type StrategyMapping = z.infer<typeof strategyMapping>;
