import { describe, expect, test } from "vitest";
import { analyze } from "../../../../core/analysis/analyze.ts";
import { analyzer } from "../../../../core/analysis/analyzer.ts";
import type { WindowRules } from "../../../../core/analysis/conclude.ts";
import { defaultMetric } from "../../../../core/analysis/default-metric.ts";
import { judgeOf } from "../../../../core/analysis/judge.ts";
import { judgeAsKayenta } from "../../../../core/analysis/kayenta/judge.ts";
import { nothingLearnt } from "../../../../core/analysis/learnt.ts";
import type { Measurements } from "../../../../core/analysis/measurements.ts";
import type { AnalysisPolicy, MetricPolicy } from "../../../../core/analysis/metric-policy.ts";
import { analysisPolicyOf } from "../../../../core/analysis/policy-of.ts";
import { verdict } from "../../../../core/analysis/verdict.ts";
import { renderVerdictComment } from "../../../../core/render/verdict/markdown.ts";
import { renderVerdictReport } from "../../../../core/render/verdict/report.ts";

const scores = { pass: 95, marginal: 75 };
const policyWith = (own: Partial<MetricPolicy> = {}, more: Partial<AnalysisPolicy> = {}): AnalysisPolicy => ({
  ...analysisPolicyOf({ analysis: { judge: "kayenta" } }, (...given) => ({
    ...defaultMetric(...given),
    ...own,
  })),
  ...more,
});
const policy = policyWith();

/** Values that go up and down a little, never twice the same. */
const calm = (windows: number, around = 100): number[] =>
  Array.from({ length: windows }, (_, window) => around + ((window * 7) % 11) / 4 + window / 100);

function rollout(arms: Record<string, [(number | null)[], (number | null)[]]>): Measurements {
  const metrics = Object.entries(arms).map(([name, [baseline, candidate]]) => [
    name,
    { kind: "gauge", worse: "higher", baseline, candidate } as const,
  ]);
  return { id: "r", window_seconds: 120, metrics: Object.fromEntries(metrics) };
}

const judged = (measured: Measurements, own = policy, rest: Parameters<typeof judgeAsKayenta>[3] = {}) => {
  const { verdict: word, reason, atWindow } = judgeAsKayenta(measured, own, scores, rest);
  return { verdict: word, reason, atWindow };
};

describe("policy", () => {
  test("names the judge and its scores", () => {
    expect(policy.kayenta).toEqual(scores);
    expect(analysisPolicyOf({}, defaultMetric).kayenta).toBeUndefined();
    const own = { judge: "kayenta", kayenta: { pass: 80 } } as const;
    expect(analysisPolicyOf({ analysis: own }, defaultMetric).kayenta).toEqual({ pass: 80, marginal: 75 });
  });

  test("and whoever asks for its judge gets it", () => {
    const measured = rollout({ latency: [calm(10), calm(10, 160)] });
    expect(judgeOf(policy, nothingLearnt)(measured)).toMatchObject({ verdict: "rollback", atWindow: 5 });
  });
});

describe("what is beyond all measure", () => {
  const both = (measured: Measurements) =>
    [policy, { ...policy, kayenta: undefined }].map((own) => judgeOf(own, nothingLearnt)(measured).verdict);
  const counted = (total: number, bad: number) => ({
    total: new Array<number>(12).fill(total),
    bad: new Array<number>(12).fill(bad),
  });

  test.each([
    [counted(1e308, 1e300), counted(1e308, 1e300)],
    [counted(10_000, 100), counted(1e308, 1e306)],
  ])("is not promoted by either judge, though both arms agree", (baseline, candidate) => {
    const metrics = { errors: { kind: "ratio", worse: "higher", baseline, candidate } } as const;
    expect(both({ id: "r", window_seconds: 120, metrics })).toEqual(["hold", "hold"]);
    expect(both(rollout({ latency: [calm(12), calm(12, 1e308)] }))).toEqual(["hold", "hold"]);
  });

  test.each([1e4, 1e12, 1e98])("but a gauge of a hundred at %d is the harm that it shows", (around) => {
    const candidate = calm(12).map((value) => (value / 100) * around);
    expect(both(rollout({ latency: [calm(12), candidate] }))).toEqual(["rollback", "rollback"]);
  });
});

describe("looked at after every window", () => {
  test("it takes back as soon as the windows are enough to rank", () => {
    expect(judged(rollout({ latency: [calm(30), calm(30, 160)] }))).toEqual({
      verdict: "rollback",
      reason: "critical-metric",
      atWindow: 5,
    });
  });

  test("it promotes after the last planned window alone", () => {
    const measured = rollout({ latency: [calm(10), calm(10)] });
    expect(judged(measured)).toEqual({ verdict: "promote", reason: "healthy", atWindow: 10 });
    expect(judged(measured, policy, { windowsPlanned: 12 })).toEqual({
      verdict: "hold",
      reason: "too-few-healthy-windows",
      atWindow: 10,
    });
  });

  test("between the scores it slows down", () => {
    const own = policyWith({ critical: false });
    const same: [number[], number[]] = [calm(10), calm(10)];
    const measured = rollout({ a: same, b: same, c: same, d: same, e: [calm(10), calm(10, 160)] });
    expect(judged(measured, own)).toMatchObject({
      verdict: "slow",
      reason: "score-below-pass",
      atWindow: 10,
    });
  });

  test("windows of a warm-up are left out", () => {
    const slow = [...calm(3, 900), ...calm(9).slice(3)];
    const own = policyWith({}, { warmUpSeconds: 360 });
    expect(judged(rollout({ latency: [calm(9), slow] }), own, { steps: [0] }).verdict).toBe("promote");
    expect(judged(rollout({ latency: [calm(9), slow] }), policyWith(), { steps: [0] }).verdict).not.toBe(
      "rollback",
    );
  });
});

describe("missing data hold", () => {
  const gone = (windows: number): null[] => Array.from({ length: windows }, () => null);
  test.each<[string, Measurements, string]>([
    ["no metric", rollout({}), "no-data"],
    ["nothing measured", rollout({ latency: [gone(9), gone(9)] }), "no-data"],
    ["one arm", rollout({ latency: [calm(9), gone(9)] }), "no-data"],
    ["too few windows", rollout({ latency: [calm(3), calm(3)] }), "not-enough-data"],
    ["too few of both arms", rollout({ latency: [calm(9), [...gone(6), ...calm(3)]] }), "no-data"],
  ])("%s", (_, measured, reason) => {
    expect(judged(measured)).toMatchObject({ verdict: "hold", reason });
  });

  test("unless policy ignores it, or takes back for it", () => {
    const measured = rollout({ latency: [calm(9), calm(9)], load: [gone(9), gone(9)] });
    expect(judged(measured).verdict).toBe("hold");
    const by = (noData: MetricPolicy["noData"]) =>
      policyWith(
        {},
        {
          metric: (...given) => ({ ...defaultMetric(...given), ...(given[0] === "load" ? { noData } : {}) }),
        },
      );
    expect(judged(measured, by("ignore")).verdict).toBe("promote");
    expect(judged(measured, by("rollback")).verdict).toBe("rollback");
  });

  test("at the deadline policy decides, and never to promote", () => {
    const measured = rollout({ latency: [gone(9), gone(9)] });
    expect(judged(measured, policyWith({}, { atDeadline: "rollback" }))).toMatchObject({
      verdict: "rollback",
      reason: "deadline",
    });
  });
});

test("guardrails hold as ever", () => {
  const rules =
    (action: "hold" | "rollback"): WindowRules =>
    () => ({
      answers: [],
      warnings: [],
      demand: { action, reason_code: "guardrail", rule: "r", sentence: "So." },
    });
  const measured = rollout({ latency: [calm(9), calm(9)] });
  expect(judged(measured, policy, { rules: rules("rollback") })).toEqual({
    verdict: "rollback",
    reason: "guardrail",
    atWindow: 1,
  });
  expect(judged(measured, policy, { rules: rules("hold") })).toMatchObject({
    verdict: "hold",
    reason: "guardrail",
  });
});

test("its document says what it is, and promises no rate", () => {
  const measured = rollout({ latency_ms: [calm(30), calm(30, 160)] });
  const found = analyze(
    measured,
    analyzer(policy, nothingLearnt),
    { policy, learnt: nothingLearnt },
    { baseline: { kind: "given", sentence: "Both arms stand in the recording." } },
  );
  expect(verdict.safeParse(found).error).toBeUndefined();
  expect(found.false_alarms).toEqual({ rate: null, noise: "none", past_rollouts: 0 });
  expect(found.kayenta).toEqual({ score: 0, ...scores });
  const [metric] = found.metrics;
  expect(metric).toMatchObject({
    state: "worse",
    noise: "none",
    evidence: { boundary: 0.25, crossed_at: 5 },
  });
  expect(metric?.windows).toHaveLength(5);
  expect(metric?.effect?.unit).toBe("percent");
  expect(metric?.effect?.estimate).toBeGreaterThan(50);
  expect(metric?.evidence.value).toBeGreaterThan(0.25);
  for (const text of [renderVerdictComment(found), renderVerdictReport(found)])
    expect(text).toContain("promises no rate of false alarms");
});
