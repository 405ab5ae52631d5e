import * as z from "zod";
import { changeFacts } from "../../change/facts.ts";
import { answer, header } from "./parts.ts";
import { strategyKinds } from "./strategy-mapping.ts";

const expected = z.union([
  z.number(),
  z.strictObject({ "at-least": z.number().optional(), "at-most": z.number().optional() }),
]);
export const cases = z.strictObject({
  ...header,
  cases: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(200).describe("What is expected, in a few words."),
        facts: changeFacts
          .omit({ schema_version: true, $schema: true })
          .describe("As in risk-inputs.json; what is absent is unknown."),
        now: z.iso
          .datetime({ offset: true })
          .optional()
          .describe("An ISO instant; absent: the calendar is not asked."),
        expect: z.strictObject({
          "risk-score": expected.optional().describe("The score, or bounds for it."),
          "band-score": expected
            .optional()
            .describe("The score with which the band is looked up, or bounds for it."),
          strategy: z.enum(strategyKinds).optional().describe("Kind of the strategy."),
          "strategy-name": z
            .string()
            .optional()
            .describe("Its name in the policy, where several are of a kind."),
          allowed: z.boolean().optional(),
          "needs-approval": z.boolean().optional(),
          "reason-code": z.string().optional().describe("The code of what leads the decision."),
          gates: z
            .record(z.string(), answer)
            .optional()
            .describe("Answers of single gates, by the name that a decision gives them."),
        }),
      }),
    )
    .max(1000)
    .describe("Changes and what the policy is expected to decide of them."),
});
export type Cases = z.infer<typeof cases>;
