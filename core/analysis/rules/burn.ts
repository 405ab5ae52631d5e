import { formatDuration } from "../../policy/duration.ts";
import type { Truth } from "../../policy/guardrails/index.ts";
import { counted, listed, rounded } from "../../render/numbers.ts";
import type { GuardrailAnswer } from "../verdict.ts";
import { burnRate } from "./budget.ts";
import type { Counts } from "./counts.ts";
import type { Asked } from "./guardrails.ts";
import { momentOf, type Span } from "./held.ts";

/**
 * Multi-window, multi-burn-rate alerts as the Google SRE workbook has them ("Alerting on SLOs", table 5-8): the long
 * window says that it matters, the short one that it still goes on. Factors are for a period of about a month.
 */
export const burnPairs = [
  { name: "burn-1h", factor: 14.4, longSeconds: 3600, shortSeconds: 300, action: "hold" },
  { name: "burn-6h", factor: 6, longSeconds: 21_600, shortSeconds: 1800, action: "hold" },
  { name: "burn-1d", factor: 3, longSeconds: 86_400, shortSeconds: 7200, action: "slow" },
  { name: "burn-3d", factor: 1, longSeconds: 259_200, shortSeconds: 21_600, action: "slow" },
] as const;
export type BurnPair = (typeof burnPairs)[number];

/**
 * Where traffic is low one bad event is a high rate: of ten events an hour one is a hundred times a budget of 0.1 %. So
 * a rate counts only where this many bad events stand behind it in the long window. Below that nothing burns for sure.
 */
const leastBadEvents = 5;

export type CountsOver = (seconds: number) => Counts;

/** What share of events has to be good, and whether nobody but policy's default says so. */
export type Objective = { objective: number; byDefault?: boolean | undefined };

/**
 * One answer a pair of windows; `over` gives the events of the last so many seconds. A pair that is unknown asks for
 * nothing: a new service has no three days of counts, and what a budget lacks is waited for by `error_budget_left`.
 */
export function burnAnswers(
  over: CountsOver,
  { objective, byDefault }: Objective,
  window: Span,
): { answers: GuardrailAnswer[]; asked: Asked[] } {
  const answers: GuardrailAnswer[] = [];
  const asked: Asked[] = [];
  for (const pair of burnPairs) {
    const seen = {
      long: burnRate(over(pair.longSeconds), objective),
      short: burnRate(over(pair.shortSeconds), objective),
      badEvents: over(pair.longSeconds).bad,
    };
    const { action } = pair;
    const name = `slo:${pair.name}`;
    const truth = burnTruth(pair.factor, seen);
    const sentence = sentenceOf(pair, truth, seen, objectiveText({ objective, byDefault }));
    answers.push({ name, action, truth, sentence });
    if (truth !== true) continue;
    const began = momentOf(window);
    asked.push({ rule: name, action, open: false, crashLoop: false, began, sentence });
  }
  return { answers, asked };
}

/**
 * The rate that the guardrail name `burn_rate` reads: the lower of the fastest pair's two windows, and at most the even
 * pace while fewer bad events stand behind it than make a rate.
 */
export function burnReading(over: CountsOver, objective: number): number | undefined {
  const [fastest] = burnPairs;
  const long = burnRate(over(fastest.longSeconds), objective);
  const short = burnRate(over(fastest.shortSeconds), objective);
  if (long === undefined || short === undefined) return undefined;
  const few = (over(fastest.longSeconds).bad ?? 0) < leastBadEvents;
  return Math.min(long, short, few ? 1 : Number.POSITIVE_INFINITY);
}

type Seen = { long: number | undefined; short: number | undefined; badEvents: number | null };

/** One window below the factor settles it, even where the other is unknown. */
function burnTruth(factor: number, { long, short, badEvents }: Seen): Truth {
  if ((long !== undefined && long < factor) || (short !== undefined && short < factor)) return false;
  if (long === undefined || short === undefined || badEvents === null) return "unknown";
  return badEvents < leastBadEvents ? "unknown" : true;
}

function sentenceOf(
  { factor, longSeconds, shortSeconds }: BurnPair,
  truth: Truth,
  { long, short, badEvents }: Seen,
  objective: string,
): string {
  const [longText, shortText] = [formatDuration(longSeconds), formatDuration(shortSeconds)];
  if (truth === "unknown") {
    const missing = [...(long === undefined ? [longText] : []), ...(short === undefined ? [shortText] : [])];
    if (missing.length > 0)
      return `How fast the error budget burns is unknown: the store has no counts over the whole of ${listed(missing)}.`;
    return `The error budget of ${objective} seems to burn, but ${counted(badEvents ?? 0, "bad event")} in ${longText} are too few to tell.`;
  }
  const rates = [
    ...(long === undefined ? [] : [`${rounded(long)} × the even pace over ${longText}`]),
    ...(short === undefined ? [] : [`${rounded(short)} × over ${shortText}`]),
  ];
  const word = truth ? "burns" : "does not burn";
  return `The error budget of ${objective} ${word} at ${rounded(factor)} × or more: ${rates.join(", ")}.`;
}

/** "the objective 99.9 % (policy's default)" */
function objectiveText({ objective, byDefault }: Objective): string {
  return `the objective ${Number((100 * objective).toPrecision(12))} %${byDefault ? " (policy's default)" : ""}`;
}
