import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type KayentaMetric,
  type KayentaPolicy,
  kayentaJudgement,
} from "../../../../core/analysis/kayenta/judgement.ts";
import { summaryScore } from "../../../../core/analysis/kayenta/score.ts";
import { seeded } from "../../../../core/stats/random.ts";

const random = seeded(4);
const draw = (scale: number) => Array.from({ length: 40 }, () => scale * Math.exp(0.2 * random.normal()));
const control = draw(1);
const good = { control, experiment: control.map((value) => value * 1.0001) };
const bad = { control, experiment: draw(2) };
const silent = { control, experiment: [null, null] };
type Sides = Omit<KayentaMetric, "name">;
const named = (metrics: Record<string, Sides>) =>
  Object.entries(metrics).map(([name, sides]) => ({ name, ...sides }));
const thresholds = { pass: 95, marginal: 75 };
const judged = (metrics: Record<string, Sides>, policy: Partial<KayentaPolicy> = {}) =>
  kayentaJudgement(named(metrics), { thresholds, ...policy });

describe("score and verdict", () => {
  test.each([
    ["all pass", { a: good, b: good, c: good, d: good }, 100, "Pass", "promote", "healthy"],
    [
      "one of four is high",
      { a: bad, b: good, c: good, d: good },
      75,
      "Marginal",
      "slow",
      "score-below-pass",
    ],
    ["one of three is high", { a: bad, b: good, c: good }, 66.67, "Fail", "rollback", "score-below-marginal"],
    ["one of three has no data", { a: silent, b: good, c: good }, 100, "Pass", "promote", "healthy"],
    ["half of them have no data", { a: silent, b: good }, 0, "Fail", "hold", "no-data"],
    ["none has data", { a: silent, b: silent }, 0, "Fail", "hold", "no-data"],
    ["there are no metrics", {}, 0, "Fail", "hold", "no-data"],
  ] as const)("%s", (_, metrics, score, classification, verdict, reasonCode) => {
    expect(judged(metrics)).toMatchObject({ score, classification, verdict, reasonCode });
  });

  test("both thresholds count as reached", () => {
    const metrics = { a: bad, b: good, c: good, d: good };
    expect(judged(metrics, { thresholds: { pass: 75, marginal: 50 } }).verdict).toBe("promote");
    expect(judged(metrics, { thresholds: { pass: 76, marginal: 75 } }).verdict).toBe("slow");
    expect(judged(metrics, { thresholds: { pass: 76, marginal: 75.5 } }).verdict).toBe("rollback");
  });
});

describe("critical metrics", () => {
  const metrics = { a: bad, b: good, c: good, d: good };
  test("fail the whole alone", () => {
    const found = judged(metrics, { metrics: { a: { critical: true } } });
    expect(found).toMatchObject({
      score: 0,
      classification: "Fail",
      verdict: "rollback",
      reasonCode: "critical-metric",
      reason: "a: the experiment is high, and the metric is critical",
    });
    expect(judged(metrics, { metrics: { b: { critical: true } } }).verdict).toBe("slow");
  });

  test("without data hold, and take back where policy says that they must have some", () => {
    const quiet = { a: silent, b: good, c: good };
    expect(judged(quiet, { metrics: { a: { critical: true } } })).toMatchObject({
      score: 0,
      classification: "Fail",
      verdict: "hold",
      reason: "a is critical and has no data",
    });
    const must = { a: { critical: true, mustHaveData: true } };
    expect(judged(quiet, { metrics: must })).toMatchObject({
      verdict: "rollback",
      reasonCode: "critical-metric",
    });
    expect(judged({ a: silent, b: silent }, { metrics: must }).verdict).toBe("hold");
  });

  test("a silent one hides no failing one", () => {
    const metrics = { a: { critical: true }, b: { critical: true } };
    const found = judged({ a: silent, b: bad, c: good }, { metrics });
    expect(found).toMatchObject({ verdict: "rollback", reason: expect.stringMatching(/^b: /) });
  });
});

test("a metric that must have data counts against the score where it has none", () => {
  const found = judged({ a: silent, b: good, c: good, d: good }, { metrics: { a: { mustHaveData: true } } });
  expect(found).toMatchObject({ score: 75, verdict: "slow" });
  expect(found.metrics[0]?.classification).toBe("NodataFailMetric");
});

test("zeros in place of missing values pass as Kayenta has it, and promote nothing by themselves", () => {
  const metrics = { a: { nanStrategy: "replace" } } as const;
  const nothing = { control: [], experiment: [] };
  expect(judged({ a: nothing }, { metrics })).toMatchObject({
    score: 100,
    classification: "Pass",
    verdict: "hold",
  });
  const zeros = { control: [null, null], experiment: [null] };
  expect(judged({ a: zeros }, { metrics })).toMatchObject({ score: 100, verdict: "hold" });
  expect(judged({ a: zeros, b: good }, { metrics })).toMatchObject({ score: 100, verdict: "promote" });
});

test("muted metrics are shown and not counted", () => {
  const found = judged({ a: bad, b: good }, { metrics: { a: { muted: true, critical: true } } });
  expect(found).toMatchObject({ score: 100, verdict: "promote" });
  expect(found.metrics.map(({ name, classification, muted }) => [name, classification, muted])).toEqual([
    ["a", "High", true],
    ["b", "Pass", false],
  ]);
});

describe("groups", () => {
  const metrics = { errors: bad, latency: good, memory: good };
  const groupsOf = {
    errors: { groups: ["user"] },
    latency: { groups: ["user"] },
    memory: { groups: ["system", "cost"] },
  };

  test("weigh as policy says, and share what is left evenly", () => {
    const found = judged(metrics, { metrics: groupsOf, groupWeights: { user: 60 } });
    expect(found.groups).toEqual([
      { name: "user", score: 50, noData: false },
      { name: "system", score: 100, noData: false },
      { name: "cost", score: 100, noData: false },
    ]);
    expect(found.score).toBe(70);
  });

  test("without data count as passed, and weights of absent ones earn nothing", () => {
    const group = (name: string, score: number, noData = false) => ({ name, score, noData });
    expect(summaryScore([group("a", 0, true), group("b", 50)], { a: 40, b: 60 })).toBe(70);
    expect(summaryScore([group("a", 100)], { a: 40, b: 60 })).toBe(40);
    expect(summaryScore([group("a", 100)], {})).toBe(100);
    expect(summaryScore([], {})).toBe(0);
    expect(summaryScore([group("constructor", 50)], {})).toBe(50);
    expect(summaryScore([group("a", 1.005)], { a: 100 })).toBe(1.01);
  });
});

test("whatever the values are, there is an answer, and without values on both sides never a promotion", () => {
  const value = fc.oneof(fc.constant(null), fc.double(), fc.integer({ min: -2, max: 2 }));
  const sides = fc.record({ control: fc.array(value), experiment: fc.array(value) });
  const nanStrategy = fc.constantFrom("remove" as const, "replace" as const);
  const strategy = fc.constantFrom("remove" as const, "keep" as const);
  const measured = (values: readonly (number | null)[]) =>
    values.some((one) => one !== null && Math.abs(one) < 1e100);
  fc.assert(
    fc.property(sides, nanStrategy, strategy, (given, missing, outliers) => {
      const options = { nanStrategy: missing, outliers: { strategy: outliers, outlierFactor: 3 } };
      const { verdict, metrics } = judged({ a: given }, { metrics: { a: options } });
      expect(["promote", "rollback", "hold"]).toContain(verdict);
      if (!measured(given.control) || !measured(given.experiment)) expect(verdict).toBe("hold");
      const { lower = 0, upper = 0 } = metrics[0]?.shift ?? {};
      expect(lower).toBeLessThanOrEqual(upper);
    }),
  );
});
