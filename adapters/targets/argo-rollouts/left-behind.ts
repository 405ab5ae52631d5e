import type * as z from "zod";
import { jsonText } from "../../../core/json-text.ts";
import { type HandsOff, handsOff, type Mark, mark } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { unavailable } from "../faults.ts";
import type { RolloutResource } from "./resource.ts";

/** What we leave on the resource itself, where every run and every person sees it. */
export const markKey = "adaptive-deploy.io/mark";
export const handsOffKey = "adaptive-deploy.io/hands-off";

export type LeftBehind = {
  mark: Mark | null;
  handsOff: HandsOff | null;
  /** As it stands there, to the letter: what a write is made to depend on. Null: nothing does. */
  markText: string | null;
  handsOffText: string | null;
};

export function leftBehind({ metadata: { name, annotations = {} } }: RolloutResource): LeftBehind {
  const [markText, handsOffText] = [annotations[markKey] ?? null, annotations[handsOffKey] ?? null];
  return {
    mark: parsed(markText, mark, markKey, name),
    handsOff: parsed(handsOffText, handsOff, handsOffKey, name),
    markText,
    handsOffText,
  };
}

function parsed<Form extends z.ZodType>(
  text: string | null,
  form: Form,
  key: string,
  name: string,
): z.output<Form> | null {
  if (text === null) return null;
  const found = jsonText.pipe(form).safeParse(text);
  if (found.success) return found.data;
  // What nobody understands may say that automation has to stay away.
  throw unavailable(
    `The annotation ${key} of the Rollout ${name} is not what this program writes. Mend or remove it; nothing is changed until then.`,
  );
}

/** Whether the last that was asked for is the way back of this plan. */
export function wantsBack(mark: Mark | null, plan: RolloutPlan): boolean {
  return mark?.rollout === plan.rollout && mark.to.candidate === null && mark.to.stable === plan.stable?.id;
}

/** The annotation as the path of a JSON patch. */
export function annotationPath(key: string): string {
  return `/metadata/annotations/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}
