import * as z from "zod";
import { type GateAnswer, gateAnswer } from "./answer.ts";
import { gateArm, label } from "./arms.ts";

/**
 * The metric `web` of an AnalysisTemplate of Argo Rollouts. It posts a `jsonBody` of our own design, whose numbers come
 * as text because Argo fills its arguments in as text.
 */
const percentText = z.string().regex(/^(\d{1,3}(\.\d{1,6})?)?$/, "a number from 0 to 100");
const countText = z.string().regex(/^\d{0,6}$/, "a whole number");

export const argoRequest = z.strictObject({
  repository: z.string().max(140).optional().describe("owner/name; absent: the token's own."),
  service: label.min(1).describe("As services.yaml calls it."),
  environment: label.optional().describe("Absent: what .github/adaptive-deploy.yml says."),
  namespace: label.optional(),
  run: label.min(1).describe("The same for all asks of one rollout, and for no other rollout."),
  step: z
    .union([z.int().min(0).max(999_999), countText])
    .optional()
    .describe("Which step of it: every step is a comparison of its own."),
  weight: z
    .union([z.number().min(0).max(100), percentText])
    .optional()
    .describe("Percent of the traffic that the candidate has now."),
  candidate: gateArm,
  baseline: gateArm,
});
export type ArgoRequest = z.infer<typeof argoRequest>;

/** `jsonPath: "{$.data}"` makes what is within `data` the `result` of the conditions. */
export const argoBody = z.strictObject({ data: gateAnswer });

/**
 * Always 200, and JSON: promote meets the successCondition, rollback the failureCondition, and everything else neither,
 * which is Inconclusive and in the end a pause. Any other status would be an Error, and a few of those abort the rollout.
 */
export function argoAnswer(data: GateAnswer): { status: 200; body: z.infer<typeof argoBody> } {
  return { status: 200, body: { data } };
}

/** A number that came as one or as text; undefined where nothing was said. */
export function numberIn(given: number | string | undefined): number | undefined {
  return given === undefined || given === "" ? undefined : Number(given);
}
