import { optional } from "../optional.ts";
import type { WindowRules } from "./conclude.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { RulePolicy } from "./policy-of.ts";
import type { RolloutReadings } from "./rollout-readings.ts";
import { budgetLeft } from "./rules/budget.ts";
import { burnAnswers, burnPairs, burnReading, type CountsOver } from "./rules/burn.ts";
import { type GuardrailState, nothingWatched, watchWindow } from "./rules/guardrails.ts";
import type { Measured } from "./rules/readings.ts";
import { type Demand, strictestDemand } from "./rules/strictest.ts";
import type { ServiceCounts } from "./service-counts.ts";
import type { GuardrailAnswer } from "./verdict.ts";

/** A probe that failed in a window. */
export type ProbeFailure = { name: string; sentence: string };

export type RulesQuestion = {
  policy: AnalysisPolicy;
  rules: RulePolicy;
  readings: RolloutReadings;
  /** End of the first window, in seconds of Unix time. */
  firstEnd: number;
  windowSeconds: number;
  /** Times of the changes of weight, on the same clock. */
  stepSeconds: readonly number[];
  probes: {
    onFailure: "hold" | "rollback";
    /** Undefined where the window was not probed. */
    failed(window: number): readonly ProbeFailure[] | undefined;
  };
  /** Events of the whole service over the time before the end of a window, where they are asked for. */
  counts?: ServiceCounts;
};

/** What guardrails, service levels and probes say of each window, in order: the rules count time between windows. */
export function rolloutRules(question: RulesQuestion): WindowRules {
  const { policy, rules, readings, firstEnd, windowSeconds, stepSeconds, counts } = question;
  let state: GuardrailState = nothingWatched;
  return (window) => {
    if (window === 0) state = nothingWatched;
    const span = { window: window + 1, endSeconds: firstEnd + window * windowSeconds };
    const over = counts?.at(window);
    const watched = watchWindow(
      rules.rules,
      {
        ...span,
        lengthSeconds: windowSeconds,
        silent: readings.silent(window),
        reading: withService(readings.of(window), over, rules.slo),
        measured: (name) => readings.measured(name) || isCounted(name, counts, rules.slo),
      },
      state,
    );
    state = watched.state;
    const burn =
      over !== undefined && rules.burnRate
        ? burnAnswers(over, rules.slo, { ...span, lengthSeconds: windowSeconds })
        : { answers: [], asked: [] };
    const probed = probeAnswers(question, window);
    const demand = strictestDemand([...watched.asked, ...burn.asked], stepSeconds, policy.sharedFault);
    return {
      ...optional("demand", stricter(demand, probed.demand)),
      answers: [...probed.answers, ...watched.answers(), ...burn.answers],
      warnings: [...watched.warnings, ...watched.notes],
    };
  };
}

/** What the store keeps too little for is not waited for: the rule's warning says that nothing measures it. */
function isCounted(name: string, counts: ServiceCounts | undefined, slo: RulePolicy["slo"]): boolean {
  const [fastest] = burnPairs;
  if (name === "burn_rate") return counts?.has(fastest.longSeconds) ?? false;
  return name === "error_budget_left" && (counts?.has(slo.periodSeconds) ?? false);
}

function withService(reading: Measured, over: CountsOver | undefined, slo: RulePolicy["slo"]): Measured {
  if (over === undefined) return reading;
  return (name) => {
    if (name === "burn_rate") return burnReading(over, slo.objective);
    if (name === "error_budget_left") return budgetLeft(over(slo.periodSeconds), slo.objective);
    return reading(name);
  };
}

function probeAnswers(
  { probes }: RulesQuestion,
  window: number,
): { demand?: Demand; answers: GuardrailAnswer[] } {
  const failed = probes.failed(window);
  if (failed === undefined) return { answers: [] };
  const [first] = failed;
  if (first === undefined)
    return {
      answers: [
        { name: "probes", action: probes.onFailure, truth: false, sentence: "Every probe answered." },
      ],
    };
  const answers = failed.map(({ name, sentence }) => ({
    name: `probe:${name}`,
    action: probes.onFailure,
    truth: true,
    sentence,
    since_window: failingSince(probes, name, window) + 1,
  }));
  const { sentence, name } = first;
  return {
    demand: { action: probes.onFailure, reason_code: "probe-failed", rule: `probe:${name}`, sentence },
    answers,
  };
}

/** The first of the windows in a row in which the probe failed; one that was not probed ends nothing. */
function failingSince({ failed }: RulesQuestion["probes"], name: string, window: number): number {
  let first = window;
  for (let before = window - 1; before >= 0; before--) {
    const failures = failed(before);
    if (failures === undefined) continue;
    if (!failures.some((failure) => failure.name === name)) break;
    first = before;
  }
  return first;
}

const strictness = { slow: 1, hold: 2, rollback: 3 } as const;

function stricter(left: Demand | undefined, right: Demand | undefined): Demand | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return strictness[right.action] >= strictness[left.action] ? right : left;
}
