import * as z from "zod";
import {
  type Condition,
  conditionKey,
  type Evaluation,
  evaluateWindow,
  heldConditions,
  type Rule,
  type Truth,
} from "../../policy/guardrails/index.ts";
import { hasBaseline } from "../../policy/guardrails/names.ts";
import type { GuardrailAnswer } from "../verdict.ts";
import {
  addedSeconds,
  type Began,
  continued,
  momentOf,
  type Span,
  type Stretch,
  type Stretches,
  stretches,
} from "./held.ts";
import {
  isMeasured,
  type Measured,
  ofBaseline,
  ofCandidate,
  type Readings,
  readsBounds,
} from "./readings.ts";
import { answerSentence, blindSentence } from "./sentences.ts";

/** Kept between windows, as plain JSON, so that a rollout goes on where it was cut short. */
export const guardrailState = z.strictObject({
  last_end: z.number().nullable(),
  candidate: stretches,
  baseline: stretches,
});
export type GuardrailState = z.infer<typeof guardrailState>;

export const nothingWatched: GuardrailState = { last_end: null, candidate: {}, baseline: {} };

/** Ends are seconds of any clock that goes forward, the same for all windows of a rollout. */
export type RolloutWindow = Span & {
  /** Absent where nothing was measured in this window. */
  reading: Measured;
  /** False where no query asks for the name at all: rules that wait for it are then warned of and not waited for. */
  measured(name: string): boolean;
  /** True where nothing at all was measured in this window. */
  silent?: boolean;
};

/** What a rule asks for in this window. `open` asks because data are missing, not because the rule holds. */
export type Asked = {
  rule: string;
  action: "slow" | "hold" | "rollback";
  open: boolean;
  /** All that it waits for is a baseline to compare the candidate with. */
  uncompared?: true;
  crashLoop: boolean;
  /** When the breach began in each arm; the baseline's where the same rule holds of the baseline alone. */
  began: Began;
  baselineBegan?: Began | undefined;
  sentence: string;
};

export type Watched = {
  /** Sentences cost more than the rest together, so those of all rules are written only where somebody reads them. */
  answers(): GuardrailAnswer[];
  asked: Asked[];
  notes: string[];
  warnings: string[];
  state: GuardrailState;
};

/** Rules of the rollout over one more window. Rules of the decision were answered there and are passed over. */
export function watchWindow(
  rules: readonly Rule[],
  window: RolloutWindow,
  before: GuardrailState = nothingWatched,
): Watched {
  const watching = rules.filter((rule) => rule.phase === "rollout");
  const arms = { candidate: ofCandidate(window.reading), baseline: ofBaseline(window.reading) };
  const added = addedSeconds(window, before.last_end);
  const state = added === undefined ? before : advanced(watching, window, added, arms, before);
  const outcomes = watching.map((rule) => outcomeOf(rule, window, arms, state));
  const watched: Watched = {
    answers: () => outcomes.map(answerOf),
    asked: outcomes.flatMap((outcome) => askedOf(outcome, window, state)),
    notes: outcomes.flatMap(({ rule: { action }, evaluation }) =>
      action.kind === "notify" && evaluation.result === true ? [action.text] : [],
    ),
    warnings: [],
    state,
  };
  const blind = outcomes.filter((outcome) => outcome.blind);
  if (blind.length > 0) watched.warnings.push(blindSentence(blind));
  if (added === undefined)
    watched.warnings.push(
      `Window ${window.window} ends no later than the one before it, so its time is not counted.`,
    );
  return watched;
}

type Arms = { candidate: Readings; baseline: Readings };

function advanced(
  rules: readonly Rule[],
  window: RolloutWindow,
  added: number,
  arms: Arms,
  before: GuardrailState,
): GuardrailState {
  const counted = new Map(rules.flatMap((rule) => countedParts(rule.condition)));
  const countOn = (arm: keyof Arms): Stretches => {
    const known = new Map(Object.entries(before[arm]));
    return Object.fromEntries(
      [...counted].flatMap(([key, part]) => {
        const { result } = evaluateWindow(part, arms[arm], () => undefined);
        const after = continued(known.get(key), result, window, added);
        return after === undefined ? [] : [[key, after] as const];
      }),
    );
  };
  return { last_end: window.endSeconds, candidate: countOn("candidate"), baseline: countOn("baseline") };
}

/** Rules are the same in every window, and so is what is counted of them. */
const partsOf = new WeakMap<Condition, [string, Condition][]>();

/** The parts that have to hold for a time, and first the whole without its times, which tells when a breach began. */
function countedParts(condition: Condition): [string, Condition][] {
  const known = partsOf.get(condition);
  if (known !== undefined) return known;
  const whole = withoutTimes(condition);
  const parts: [string, Condition][] = [
    [conditionKey(whole), whole],
    ...heldConditions(condition).map(({ key, part }): [string, Condition] => [key, part]),
  ];
  partsOf.set(condition, parts);
  return parts;
}

function withoutTimes(condition: Condition): Condition {
  switch (condition.kind) {
    case "and":
    case "or":
      return { kind: condition.kind, parts: condition.parts.map(withoutTimes) };
    case "not":
      return { kind: "not", part: withoutTimes(condition.part) };
    case "for":
      return condition.part;
    default:
      return condition;
  }
}

/** What a rule came to in a window. */
type Outcome = {
  rule: Rule;
  evaluation: Evaluation;
  stretch: Stretch | undefined;
  /** It waits for nothing but names that no query measures. */
  blind: boolean;
  sure(name: string): boolean;
  silent: boolean;
  baselineToo: Truth;
};

function outcomeOf(rule: Rule, window: RolloutWindow, arms: Arms, state: GuardrailState): Outcome {
  const evaluation = evaluated(rule, arms.candidate, state.candidate);
  const { result, unknown } = evaluation;
  const stretch = stretchOf(rule, state.candidate);
  const blind = result === "unknown" && !unknown.some((name) => isMeasured(name, window.measured));
  const sure = (name: string): boolean => readsBounds(name, window.reading);
  const outcome = { rule, evaluation, stretch, blind, sure, silent: window.silent === true };
  if (result !== true) return { ...outcome, baselineToo: "unknown" };
  const shared = evaluated(rule, arms.baseline, state.baseline);
  return { ...outcome, baselineToo: asksBothArms(shared) ? shared.result : "unknown" };
}

function evaluated(rule: Rule, reading: Readings, counted: Stretches): Evaluation {
  // A condition that is true in a window which is not counted has been true for no time.
  return evaluateWindow(rule.condition, reading, (key) => own(counted, key)?.seconds ?? 0);
}

function stretchOf({ condition }: Rule, counted: Stretches): Stretch | undefined {
  const [whole] = countedParts(condition);
  return whole === undefined ? undefined : own(counted, whole[0]);
}

function own(counted: Stretches, key: string): Stretch | undefined {
  return Object.hasOwn(counted, key) ? counted[key] : undefined;
}

function isUncompared({ because }: Evaluation): boolean {
  const open = because.filter(({ truth }) => truth === "unknown");
  const lacksBaseline = ({ test, value, baseline }: (typeof open)[number]): boolean =>
    test.kind === "compare" &&
    test.value.kind === "baseline" &&
    value !== undefined &&
    baseline === undefined;
  return open.length > 0 && open.every(lacksBaseline);
}

/** `weight > 50%` holds of the baseline as well and says nothing of it. */
function asksBothArms({ because }: Evaluation): boolean {
  return because.some(({ name }) => hasBaseline(name));
}

function answerOf(outcome: Outcome): GuardrailAnswer {
  const { rule, evaluation, stretch, blind, baselineToo } = outcome;
  return {
    name: rule.name,
    action: rule.action.kind,
    truth: evaluation.result,
    sentence: answerSentence(outcome),
    ...(blind ? { unmeasured: true as const } : {}),
    ...(baselineToo === "unknown" ? {} : { baseline_too: baselineToo }),
    ...(stretch === undefined ? {} : { since_window: stretch.since_window }),
  };
}

function askedOf(outcome: Outcome, window: RolloutWindow, state: GuardrailState): Asked[] {
  const { rule, evaluation, stretch, blind, baselineToo } = outcome;
  const action = rule.action.kind;
  if (evaluation.result === false || blind) return [];
  if (action !== "slow" && action !== "hold" && action !== "rollback") return [];
  const open = evaluation.result === "unknown";
  const now = momentOf(window);
  const asked: Asked = {
    rule: rule.name,
    // What is missing takes nothing back: an open rollback asks for no more than to wait for the data.
    action: open && action === "rollback" ? "hold" : action,
    open,
    ...(open && isUncompared(evaluation) ? { uncompared: true as const } : {}),
    crashLoop: evaluation.because.some(({ name, truth }) => name === "canary.crash_loops" && truth === true),
    began: stretch ?? now,
    sentence: answerSentence(outcome),
  };
  return [baselineToo === true ? { ...asked, baselineBegan: stretchOf(rule, state.baseline) ?? now } : asked];
}
