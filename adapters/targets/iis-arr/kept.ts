import * as z from "zod";
import { jsonText } from "../../../core/json-text.ts";
import { type HandsOff, handsOff, type Mark, mark } from "../../../core/rollout/observed.ts";
import type { Operation } from "./change-set.ts";

/** What stands in the state folder of a machine: the mark, hands-off, and the change sets that lead back. */

const keptMark = z.strictObject({ mark, state: z.enum(["applying", "done"]) });
type KeptMark = z.infer<typeof keptMark>;
export const markText = jsonText.pipe(keptMark);
export const handsOffText = jsonText.pipe(handsOff.nullable());

type Keep = Extract<Operation, { operation: "keep" }>;

/** Stands before the effect does. */
export function keepMark(given: Mark): Keep {
  return { operation: "keep", name: "mark", text: textOf(given, "applying"), over: null };
}

/** The effect of the mark is whole; where another mark stands by now, that one is left. */
export function finishMark(given: Mark): Keep {
  return { operation: "keep", name: "mark", text: textOf(given, "done"), over: textOf(given, "applying") };
}

export function keepHandsOff(given: HandsOff | null): Keep {
  return { operation: "keep", name: "hands-off", text: JSON.stringify(given), over: null };
}

/** One of that name is never written anew: what it leads back to is how the machine was at first. */
export function keepUndo(name: string, document: string): Keep {
  return { operation: "keep", name: `undo\\${name}`, text: document, over: "" };
}

function textOf(given: Mark, state: KeptMark["state"]): string {
  return JSON.stringify({ mark: given, state } satisfies KeptMark);
}
