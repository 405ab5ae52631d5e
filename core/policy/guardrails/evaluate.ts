import { environmentMatches, globMatches, sameEnvironment } from "../match.ts";
import { formatCondition } from "./format.ts";
import { inUnitOf } from "./literal.ts";
import { nameSpec } from "./names.ts";
import type { Condition, Literal, Test, Value } from "./tree.ts";

/** Kleene's three values: what is not known is neither true nor false. */
export type Truth = true | false | "unknown";

/** One test and what it came to. `value` is absent where the name is unknown. */
export type TestResult = { test: Test; name: string; truth: Truth; value?: Value; baseline?: number };

export type Evaluation = {
  result: Truth;
  /** Every test of the condition, in order. */
  tests: TestResult[];
  /** The tests that the answer rests on: of a false `and` the false parts, of an open one the unknown parts. */
  because: TestResult[];
  /** Names that an unknown result waits for, each once. `tests` has the unknown ones that would change nothing, too. */
  unknown: string[];
};

/** What a name reads during a rollout: a plain value, or one measured on both sides. */
export type Reading = Value | { canary: number; baseline?: number | undefined };

type World = {
  reading(name: string): Reading | undefined;
  /** Seconds for which the condition with this key has held without a break; undefined where nobody counted. */
  heldSeconds(key: string): number | undefined;
};
type Answer = { truth: Truth; because: TestResult[] };

/** At decision time nothing is held and nothing has a baseline: conditions that need either are unknown. */
export function evaluate(condition: Condition, names: (name: string) => Value | undefined): Evaluation {
  return evaluateWindow(condition, names, () => undefined);
}

/** At rollout time. The caller counts how long each of `heldConditions` has been true, by its key. */
export function evaluateWindow(
  condition: Condition,
  reading: (name: string) => Reading | undefined,
  heldSeconds: (key: string) => number | undefined,
): Evaluation {
  const tests: TestResult[] = [];
  const { truth, because } = answerOf(condition, { reading, heldSeconds }, tests);
  const unknown = new Set(because.filter((test) => test.truth === "unknown").map((test) => test.name));
  return { result: truth, tests, because, unknown: [...unknown] };
}

/** Stable name of a condition, under which the time is counted for which it has held. */
export function conditionKey(condition: Condition): string {
  return formatCondition(condition);
}

/** Every part that has to hold for a time; `evaluateWindow` asks for `key`. */
export function heldConditions(condition: Condition): { key: string; part: Condition; seconds: number }[] {
  switch (condition.kind) {
    case "and":
    case "or":
      return condition.parts.flatMap(heldConditions);
    case "not":
      return heldConditions(condition.part);
    case "for":
      return [{ key: conditionKey(condition.part), part: condition.part, seconds: condition.seconds }];
    default:
      return [];
  }
}

function answerOf(condition: Condition, world: World, tests: TestResult[]): Answer {
  switch (condition.kind) {
    case "and":
    case "or":
      return joined(
        condition.kind,
        condition.parts.map((part) => answerOf(part, world, tests)),
      );
    case "not": {
      const { truth, because } = answerOf(condition.part, world, tests);
      return { truth: truth === "unknown" ? truth : !truth, because };
    }
    case "for": {
      const now = answerOf(condition.part, world, tests);
      if (now.truth !== true) return now;
      const held = world.heldSeconds(conditionKey(condition.part));
      const counted = held !== undefined && Number.isFinite(held);
      return { truth: counted ? held >= condition.seconds : "unknown", because: now.because };
    }
    default: {
      const result = testResult(condition, world.reading(condition.name));
      tests.push(result);
      return { truth: result.truth, because: [result] };
    }
  }
}

/** `and` is false by one false part, `or` true by one true part; else one unknown part leaves it open. */
function joined(kind: "and" | "or", answers: Answer[]): Answer {
  const settling = kind === "or";
  const truth = answers.some((answer) => answer.truth === settling)
    ? settling
    : answers.some((answer) => answer.truth === "unknown")
      ? "unknown"
      : !settling;
  return {
    truth,
    because: answers.filter((answer) => answer.truth === truth).flatMap(({ because }) => because),
  };
}

function testResult(test: Test, reading: Reading | undefined): TestResult {
  const twoSided = typeof reading === "object" && "canary" in reading;
  const value = twoSided ? reading.canary : reading;
  const baseline = twoSided ? reading.baseline : undefined;
  const result: TestResult = { test, name: test.name, truth: truthOf(test, value, baseline) };
  if (value !== undefined) result.value = value;
  if (baseline !== undefined) result.baseline = baseline;
  return result;
}

/** A value of another type than the name's is no value: an adapter's slip must not decide anything. */
function truthOf(test: Test, value: Value | undefined, baseline: number | undefined): Truth {
  if (value === undefined) return "unknown";
  const environment = test.name === "env";
  switch (test.kind) {
    case "compare":
      if (typeof value === "number") return comparedNumber(test, value, baseline);
      return comparedPlainly(test, value, environment);
    case "one-of":
      if (typeof value !== "string") return "unknown";
      return test.values.some((other) => (environment ? sameEnvironment(value, other) : value === other));
    case "holds":
      return typeof value === "object" ? value.includes(test.value) : "unknown";
    case "matches": {
      const fits = (text: string) =>
        environment ? environmentMatches(test.glob, text) : globMatches(test.glob, text);
      if (typeof value === "object") return value.some(fits);
      return typeof value === "string" ? fits(value) : "unknown";
    }
  }
}

function comparedPlainly(test: Test & { kind: "compare" }, value: Value, environment: boolean): Truth {
  const { operator, value: literal } = test;
  let same: boolean;
  if (literal.kind === "text" && typeof value === "string") {
    same = environment ? sameEnvironment(value, literal.value) : value === literal.value;
  } else if (literal.kind === "boolean" && typeof value === "boolean") {
    same = value === literal.value;
  } else {
    return "unknown";
  }
  if (operator === "==") return same;
  return operator === "!=" ? !same : "unknown";
}

function comparedNumber(
  test: Test & { kind: "compare" },
  value: number,
  baseline: number | undefined,
): Truth {
  const limit = limitOf(test.name, test.value, baseline);
  if (limit === undefined || !Number.isFinite(limit) || !Number.isFinite(value)) return "unknown";
  switch (test.operator) {
    case "==":
      return value === limit;
    case "!=":
      return value !== limit;
    case "<":
      return value < limit;
    case "<=":
      return value <= limit;
    case ">":
      return value > limit;
    case ">=":
      return value >= limit;
  }
}

function limitOf(name: string, literal: Literal, baseline: number | undefined): number | undefined {
  if (literal.kind === "baseline") return baseline === undefined ? undefined : literal.times * baseline;
  const spec = nameSpec(name);
  return spec === undefined ? undefined : inUnitOf(spec, literal);
}
