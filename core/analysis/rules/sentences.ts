import { formatDuration } from "../../policy/duration.ts";
import {
  type Evaluation,
  formatCondition,
  heldConditions,
  type Rule,
  type TestResult,
} from "../../policy/guardrails/index.ts";
import { counted, listed } from "../../render/numbers.ts";
import { burnPairs } from "./burn.ts";
import type { Stretch } from "./held.ts";
import { readingText } from "./readings.ts";

type Told = {
  rule: Rule;
  evaluation: Evaluation;
  stretch: Stretch | undefined;
  blind: boolean;
  /** True for names that rest on counted events: what is read of them are bounds. */
  sure(name: string): boolean;
  /** Nothing at all was measured in the window: the store is down, or there was no traffic. */
  silent: boolean;
};

/** One sentence on what a rule came to in a window. Texts of the policy are in it as they are; renderers escape. */
export function answerSentence({ rule, evaluation, stretch, blind, sure, silent }: Told): string {
  const { result, unknown, because } = evaluation;
  const named = `Guardrail ${rule.name}`;
  if (blind) return `${named} watches nothing: no query measures ${listed(unknown)}.`;
  if (result === "unknown" && silent)
    return `${named} is not known: nothing was measured in this window, so the store is down or there was no traffic.`;
  if (result === "unknown")
    return `${named} waits for ${listed(unknown)}, which this window does not have.${youngText(unknown)}`;
  const seen = readingsText(because, sure);
  if (result === true) {
    const why = rule.message === undefined ? formatCondition(rule.condition) : rule.message;
    return `${named} applies (${why}): ${seen}${stretchText(stretch)}.`;
  }
  const pending = stretch === undefined ? "" : stretchText(stretch);
  const longest = Math.max(0, ...heldConditions(rule.condition).map(({ seconds }) => seconds));
  if (pending !== "" && longest > 0)
    return `${named} does not apply yet: ${seen}${pending} of ${formatDuration(longest)}.`;
  return `${named} does not apply: ${seen}.`;
}

/** One sentence on all rules that watch nothing, for most of them lack the same. */
export function blindSentence(told: readonly Pick<Told, "rule" | "evaluation">[]): string {
  const rules = [...new Set(told.map(({ rule }) => rule.name))];
  const names = [...new Set(told.flatMap(({ evaluation }) => evaluation.unknown))];
  const [watch, them] = rules.length === 1 ? ["watches", "the rule"] : ["watch", "the rules"];
  return `${counted(rules.length, "guardrail")} ${watch} nothing (${listed(rules)}), for no query measures ${listed(names)}. Add what is missing to queries.yaml, or take ${them} out of the policy.`;
}

/** A new store has its windows long before it has an hour, and nobody looks for the fault there. */
function youngText(unknown: readonly string[]): string {
  if (!unknown.includes("burn_rate")) return "";
  const [{ longSeconds }] = burnPairs;
  return ` It is counted over the whole of ${formatDuration(longSeconds)}: where the store or the service is younger, it comes by itself once they are as old; until then \`burn_rate\` can be left out of the policy.`;
}

function stretchText(stretch: Stretch | undefined): string {
  if (stretch === undefined) return "";
  const missing =
    stretch.unknown_windows === 0
      ? ""
      : ` with ${counted(stretch.unknown_windows, "window")} without data in between`;
  return `, since window ${stretch.since_window}${missing}, for ${formatDuration(stretch.seconds)}`;
}

function readingsText(tests: readonly TestResult[], sure: Told["sure"]): string {
  const texts = tests.map(({ name, value, baseline }) =>
    typeof value === "number"
      ? readingText(name, value, baseline, sure(name))
      : `${name} is ${typeof value === "object" ? listed(value) : value}`,
  );
  return listed([...new Set(texts)]);
}
