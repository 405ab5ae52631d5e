import {
  nothingWatched,
  type RolloutWindow,
  type Watched,
  watchWindow,
} from "../../../../core/analysis/rules/guardrails.ts";
import { parseGuardrails, type Reading, type Rule } from "../../../../core/policy/guardrails/index.ts";

export type Known = Record<string, Reading>;

export function rulesOf(text: string): Rule[] {
  const { rules, errors } = parseGuardrails(text, "test.rules");
  if (errors[0]) throw new Error(errors[0].text);
  return rules;
}

/** Windows of two minutes, the first one from 0 on, unless told otherwise. */
export function windowAt(window: number, known: Known, more: Partial<RolloutWindow> = {}): RolloutWindow {
  const names = new Map(Object.entries(known));
  return {
    window,
    lengthSeconds: 120,
    endSeconds: window * 120,
    reading: (name) => names.get(name),
    measured: () => true,
    ...more,
  };
}

/** What the rules say after each window; null is a window that is not there. */
export function watched(rules: readonly Rule[], windows: readonly (Known | null)[]): Watched[] {
  const all: Watched[] = [];
  for (const [index, known] of windows.entries()) {
    if (known !== null)
      all.push(watchWindow(rules, windowAt(index + 1, known), all.at(-1)?.state ?? nothingWatched));
  }
  return all;
}

/** Errors of both arms, as a reading. */
export function errors(canary: number, baseline?: number): Known {
  return { "canary.error_rate": { canary, baseline } };
}
