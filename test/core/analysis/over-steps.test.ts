import { describe, expect, it } from "vitest";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { learn } from "../../../core/analysis/learnt.ts";
import type { Measurements } from "../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import { seeded } from "../../../core/stats/random.ts";

/** One comparison over a long first step, a short second one and a third, of 24,000 requests a window. */
const weights = [...new Array(16).fill(5), ...new Array(4).fill(25), ...new Array(16).fill(50)];
const steps = [0, 16, 20];
const policy = analysisPolicyOf({ analysis: { window: "2m" } }, defaultMetric);
const judge = analyzer(policy, learn([], policy));

function rollout(errorsOf: (window: number) => number, scatter: (mean: number) => number): Measurements {
  const arm = (shareOf: (weight: number) => number, share: (window: number) => number) => {
    const total = weights.map((weight) => Math.round((24_000 * shareOf(weight)) / 100));
    return { total, bad: total.map((events, window) => Math.round(scatter(events * share(window)))) };
  };
  const baseline = arm(
    (weight) => 100 - weight,
    () => 0.01,
  );
  const candidate = arm((weight) => weight, errorsOf);
  return {
    id: "r",
    window_seconds: 120,
    metrics: { errors: { kind: "ratio", worse: "higher", baseline, candidate } },
  };
}

function judged(measured: Measurements) {
  const step = { from: 0, until: 99, healthyWindows: 5, on: "nothing" as const };
  const { verdict, atWindow } = judge.judge(measured, { steps, step, windowsPlanned: 48 });
  return { verdict, atWindow };
}

describe("one comparison over several steps", () => {
  it.each([
    ["the second step", 16],
    ["the third", 20],
    ["the middle of the third", 27],
  ])("finds harm that begins with %s, however long it was healthy before", (_, first) => {
    const found = judged(
      rollout(
        (window) => (window < first ? 0.01 : 0.05),
        (mean) => mean,
      ),
    );
    expect(found.verdict).toBe("rollback");
    expect(found.atWindow - first).toBeLessThanOrEqual(4);
  });

  it("takes hardly any rollout back that has no effect, over all of its steps together", () => {
    const { poisson } = seeded(11);
    const words = Array.from({ length: 60 }, () => judged(rollout(() => 0.01, poisson)).verdict);
    expect(words.filter((word) => word === "rollback").length).toBeLessThanOrEqual(3);
  });
});
