import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Condition,
  conditionKey,
  evaluate,
  evaluateWindow,
  heldConditions,
  parseCondition,
  type Reading,
  type Truth,
  type Value,
} from "../../../../core/policy/guardrails/index.ts";
import { conditions } from "./arbitrary-rule.ts";

function condition(text: string, phase: "decision" | "rollout" = "decision"): Condition {
  const parsed = parseCondition(text, "when", phase);
  if (!("condition" in parsed)) throw new Error(parsed.errors[0]?.text);
  return parsed.condition;
}
const lookup =
  <T>(known: Record<string, T>) =>
  (name: string) =>
    new Map(Object.entries(known)).get(name);
const asked = (text: string, known: Record<string, Value>) => evaluate(condition(text), lookup(known));

describe("at decision time", () => {
  const known: Record<string, Value> = {
    env: "production",
    environment: "production",
    service: "payments-api",
    strategy: "canary",
    risk_score: 70,
    from_fork: false,
    platforms: ["linux", "arm"],
    owners: ["@org/payments", "@me"],
    base_branch: "release/2026/06",
    "history.failure_rate": 0.05,
    "history.days_since_incident": 14,
    "coverage.delta": -2,
    "context.freeze": "",
  };
  test.each<[string, Truth]>([
    ["risk_score > 69", true],
    ["risk_score > 70", false],
    ["risk_score >= 70", true],
    ["risk_score < 71", true],
    ["risk_score <= 69", false],
    ["risk_score == 70", true],
    ["risk_score != 70", false],
    ['env == "prod"', true],
    ['env == "PRODUCTION"', true],
    ['env != "prod"', false],
    ['env in ["stage", "prod"]', true],
    ['env matches "prod"', true],
    ['env matches "p*n"', true],
    ['env matches "stag*"', false],
    ['environment == "prod"', false],
    ['environment == "production"', true],
    ['environment in ["prod"]', false],
    ['environment matches "prod*"', true],
    ['strategy in ["rolling", "canary"]', true],
    ['service matches "pay*"', true],
    ['base_branch matches "release/*"', true],
    ['"arm" in platforms', true],
    ['"windows" in platforms', false],
    ['owners matches "@org/*"', true],
    ['owners matches "@other/*"', false],
    ["from_fork", false],
    ["not from_fork", true],
    ["from_fork == false", true],
    ["from_fork != true", true],
    ["history.failure_rate >= 5%", true],
    ["history.failure_rate > 0.05", false],
    ["history.days_since_incident <= 14d", true],
    ["history.days_since_incident < 15", true],
    ["coverage.delta < -1.5", true],
    ['context.freeze == ""', true],
    ["worst_score > 3", "unknown"],
    ["worst_score != 3", "unknown"],
    ["db_schema", "unknown"],
    ["not db_schema", "unknown"],
    ['"x" in languages', "unknown"],
    ['languages matches "*"', "unknown"],
    ['criticality in ["critical"]', "unknown"],
    ["from_fork and db_schema", false],
    ["db_schema and from_fork", false],
    ["db_schema and not from_fork", "unknown"],
    ["db_schema or not from_fork", true],
    ["db_schema or from_fork", "unknown"],
    ["not (db_schema and from_fork)", true],
    ["db_schema or db_schema", "unknown"],
  ])("%s: %j", (text, expected) => {
    expect(asked(text, known).result).toBe(expected);
  });

  test.each<[string, string, Value]>([
    ["a text for a number", "risk_score > 3", "70"],
    ["a number for a text", 'env == "prod"', 5],
    ["a text for yes or no", "from_fork", "true"],
    ["a list for a text", 'service in ["a"]', ["a"]],
    ["a text for a list", '"arm" in platforms', "arm"],
    ["not a number", "risk_score != 3", Number.NaN],
    ["infinity", "diff.files > 3", Number.POSITIVE_INFINITY],
  ])("%s is unknown, never a verdict", (_, text, value) => {
    const names = () => value;
    expect(evaluate(condition(text), names).result).toBe("unknown");
  });

  test("says which tests were true, which decided, and what an open answer waits for", () => {
    const answer = asked('risk_score > 50 and (from_fork or db_schema) and base_branch != "main"', known);
    expect(answer.result).toBe("unknown");
    expect(answer.tests.map(({ name, truth, value }) => [name, truth, value])).toEqual([
      ["risk_score", true, 70],
      ["from_fork", false, false],
      ["kinds.db_schema", "unknown", undefined],
      ["base_branch", true, "release/2026/06"],
    ]);
    expect(answer.because.map(({ name }) => name)).toEqual(["kinds.db_schema"]);
    expect(answer.unknown).toEqual(["kinds.db_schema"]);
  });

  test("an unknown that would change nothing is no reason", () => {
    const answer = asked("(from_fork and db_schema) or worst_score > 3", known);
    expect(answer.result).toBe("unknown");
    expect(answer.unknown).toEqual(["worst_score"]);
    const settled = asked("db_schema or risk_score > 50", known);
    expect(settled).toMatchObject({
      result: true,
      unknown: [],
      because: [{ name: "risk_score", truth: true, value: 70 }],
    });
  });

  test("nothing is held yet and nothing has a baseline", () => {
    const rollout = condition("canary.error_rate > 2x_baseline", "rollout");
    expect(evaluate(rollout, () => 0.5).result).toBe("unknown");
    expect(evaluate(condition("burn_rate > 1 for 3m", "rollout"), () => 5).result).toBe("unknown");
    expect(evaluate(condition("burn_rate > 1 for 3m", "rollout"), () => 0).result).toBe(false);
  });
});

describe("at rollout time", () => {
  const window = (text: string, readings: Record<string, Reading>, held?: number) =>
    evaluateWindow(condition(text, "rollout"), lookup(readings), () => held).result;

  test.each<[string, Record<string, Reading>, number | undefined, Truth]>([
    [
      "canary.error_rate > 2x_baseline",
      { "canary.error_rate": { canary: 0.03, baseline: 0.01 } },
      undefined,
      true,
    ],
    [
      "canary.error_rate > 2x_baseline",
      { "canary.error_rate": { canary: 0.02, baseline: 0.01 } },
      undefined,
      false,
    ],
    ["canary.error_rate > 2x_baseline", { "canary.error_rate": { canary: 0.02 } }, undefined, "unknown"],
    ["canary.error_rate > 2x_baseline", { "canary.error_rate": 0.02 }, undefined, "unknown"],
    ["canary.error_rate > 2x_baseline", {}, undefined, "unknown"],
    [
      "canary.error_rate > 2x_baseline",
      { "canary.error_rate": { canary: 0.01, baseline: 0 } },
      undefined,
      true,
    ],
    [
      "canary.error_rate > 2x_baseline",
      { "canary.error_rate": { canary: 0, baseline: 0 } },
      undefined,
      false,
    ],
    [
      "canary.error_rate > 2x_baseline",
      { "canary.error_rate": { canary: 0.01, baseline: Number.NaN } },
      undefined,
      "unknown",
    ],
    ["canary.error_rate > 5%", { "canary.error_rate": { canary: 0.06 } }, undefined, true],
    ["canary.error_rate > 5%", { "canary.error_rate": 0.05 }, undefined, false],
    ["canary.latency_p99 > 3.0s", { "canary.latency_p99": { canary: 3001, baseline: 200 } }, undefined, true],
    ["canary.latency_p99 > 300", { "canary.latency_p99": 300 }, undefined, false],
    ["elapsed >= 5m", { elapsed: 300 }, undefined, true],
    ["error_budget_left < 10%", { error_budget_left: -0.2 }, undefined, true],
    ["weight >= 50%", { weight: 50 }, undefined, true],
    ["burn_rate > 1 for 3m", { burn_rate: 2 }, 180, true],
    ["burn_rate > 1 for 3m", { burn_rate: 2 }, 179, false],
    ["burn_rate > 1 for 3m", { burn_rate: 2 }, undefined, "unknown"],
    ["burn_rate > 1 for 3m", { burn_rate: 2 }, Number.NaN, "unknown"],
    ["burn_rate > 1 for 3m", { burn_rate: 1 }, 500, false],
    ["burn_rate > 1 for 3m", {}, 500, "unknown"],
    ["not burn_rate > 1 for 3m", { burn_rate: 2 }, 60, true],
    ['env == "prod" and burn_rate > 1', { env: "production", burn_rate: 2 }, undefined, true],
  ])("%s with %j held for %j: %j", (text, readings, held, expected) => {
    expect(window(text, readings, held)).toBe(expected);
  });

  test("the time is asked for by the text of the condition that has to hold", () => {
    const whole = condition(
      "(burn_rate > 1 and weight > 5%) for 3m or not canary.crash_loops > 0 for 30s",
      "rollout",
    );
    expect(heldConditions(whole).map(({ key, seconds }) => [key, seconds])).toEqual([
      ["burn_rate > 1 and weight > 5%", 180],
      ["canary.crash_loops > 0", 30],
    ]);
    const keys: string[] = [];
    evaluateWindow(
      whole,
      () => 50,
      (key) => {
        keys.push(key);
        return 0;
      },
    );
    expect(keys).toEqual(["burn_rate > 1 and weight > 5%", "canary.crash_loops > 0"]);
    for (const { key, part } of heldConditions(whole)) expect(conditionKey(part)).toBe(key);
  });

  test("both sides of a measurement are in the result", () => {
    const answer = evaluateWindow(
      condition("canary.error_rate > 2x_baseline", "rollout"),
      () => ({ canary: 0.03, baseline: 0.01 }),
      () => undefined,
    );
    expect(answer.tests).toMatchObject([
      { name: "canary.error_rate", truth: true, value: 0.03, baseline: 0.01 },
    ]);
  });
});

describe("three values", () => {
  const names = fc.dictionary(
    fc.constantFrom("risk_score", "worst_score", "band_score", "diff.files"),
    fc.integer({ min: 0, max: 100 }),
  );

  test("learning a fact never turns a known answer round", () => {
    const condition = conditions("decision");
    fc.assert(
      fc.property(condition, names, names, (tree, known, more) => {
        const before = evaluate(tree, lookup<Value>(known)).result;
        const after = evaluate(tree, lookup<Value>({ ...more, ...known })).result;
        if (before !== "unknown") expect(after).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  test("an open answer always names what it waits for, a known one nothing", () => {
    fc.assert(
      fc.property(conditions("decision"), names, (tree, known) => {
        const { result, unknown } = evaluate(tree, lookup<Value>(known));
        expect(unknown.length > 0).toBe(result === "unknown");
      }),
      { numRuns: 1000 },
    );
  });

  test("de Morgan", () => {
    const part = conditions("decision");
    fc.assert(
      fc.property(part, part, names, (left, right, known) => {
        const not = (inner: Condition): Condition => ({ kind: "not", part: inner });
        const one = evaluate(not({ kind: "and", parts: [left, right] }), lookup<Value>(known)).result;
        const other = evaluate({ kind: "or", parts: [not(left), not(right)] }, lookup<Value>(known)).result;
        expect(one).toBe(other);
      }),
    );
  });
});
