import { describe, expect, it } from "vitest";
import { noEffect, rolloutOf, steadyWorld } from "../../../bench/analyze/world.ts";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { learn, nothingLearnt } from "../../../core/analysis/learnt.ts";
import type { AnalysisPolicy, MetricPolicy } from "../../../core/analysis/metric-policy.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import { type PowerQuestion, powerOfStep } from "../../../core/analysis/power.ts";
import { motionOf } from "../../../core/analysis/step-power.ts";
import type { Traffic } from "../../../core/analysis/step-traffic.ts";

const policy: AnalysisPolicy = { ...analysisPolicyOf({}, defaultMetric), warmUpSeconds: 0 };
const withMetric = (more: Partial<MetricPolicy>): AnalysisPolicy => ({
  ...policy,
  metric: (name, worse, kind) => ({ ...defaultMetric(name, worse, kind), ...more }),
});
const errors: Traffic = { name: "error_ratio", kind: "ratio", worse: "higher", events: 1200, bad: 12 };
const success: Traffic = { name: "error_ratio", kind: "ratio", worse: "lower", events: 1200, bad: 1188 };
const latency: Traffic = { name: "latency_p95_ms", kind: "gauge", worse: "higher" };

const powerOf = (traffic: readonly Traffic[], more: Partial<PowerQuestion> = {}) =>
  powerOfStep({
    policy,
    learnt: nothingLearnt,
    traffic,
    baseline: "concurrent",
    weight: 50,
    windows: 10,
    longest: 10,
    ...more,
  });
const chanceOf = (traffic: Traffic, more: Partial<PowerQuestion> = {}): number =>
  powerOf([traffic], more).metrics[0]?.chance ?? Number.NaN;

describe("the power of a step", () => {
  it("is how many rollouts with policy's targets the judge takes back in its windows", () => {
    const world = { ...steadyWorld, windows: 10 };
    const past = Array.from({ length: 50 }, (_, seed) =>
      rolloutOf({ ...world, windows: 30 }, seed + 1, `past ${seed}`),
    );
    const learnt = learn(past, policy);
    const { judge } = analyzer(policy, learnt);
    const rollouts = 100;
    const seen = (effect: Partial<typeof noEffect>, seed: number): number =>
      Array.from({ length: rollouts }, (_, index) =>
        judge(rolloutOf(world, seed + index, "harmed", { ...noEffect, ...effect })),
      ).filter(({ verdict }) => verdict === "rollback").length / rollouts;
    const [ofErrors, ofLatency] = powerOf([errors, latency], { learnt }).metrics;
    // Three standard errors of a hundred rollouts are fifteen points.
    expect(Math.abs((ofErrors?.chance ?? 0) - seen({ errors: 2 }, 9000))).toBeLessThan(0.15);
    expect(Math.abs((ofLatency?.chance ?? 0) - seen({ latency: 1.2 }, 19_000))).toBeLessThan(0.15);
  });

  it("is about none where the target lies within the margin, which is said with its remedy", () => {
    const wide = withMetric({ margin: { absolute: 0.03 } });
    const step = powerOf([errors], { policy: wide });
    expect(step.metrics[0]?.chance).toBeLessThan(0.05);
    expect(step.metrics[0]?.windows_needed).toBeNull();
    const motion = motionOf(step, [errors], { power: 0.8, lowTraffic: "hold" }, 10);
    expect(motion).toMatchObject({ goes: true, windows: 10 });
    expect(motion.sentences).toEqual([
      "error_ratio doubled would be +1 points, within the margin of 3 points: policy calls that no harm, and only by chance would it be taken back. A margin of well under 1 points for error_ratio in queries.yaml would let it.",
    ]);
  });

  it("falls as the margin nears the target and passes it", () => {
    const chances = [0.001, 0.009, 0.02].map((absolute) =>
      chanceOf(errors, { policy: withMetric({ margin: { absolute } }), windows: 20, longest: 20 }),
    );
    expect(chances[0]).toBeGreaterThan(0.75);
    expect(chances[1]).toBeLessThan(chances[0] ?? 0);
    expect(chances[2]).toBeLessThan(0.5 * (chances[1] ?? 0));
  });

  it("says a margin of part of the value in percent", () => {
    const wide = withMetric({ margin: { relative: 0.25 } });
    const [metric] = powerOf([latency], { policy: wide }).metrics;
    expect(metric?.within_margin).toMatch(
      /^latency_p95_ms \+20 % would be \+20 %, within the margin of 25 %/,
    );
  });

  it("of a success rate is that of its failures, and said as a fall", () => {
    const [good] = powerOf([success]).metrics;
    const [bad] = powerOf([errors]).metrics;
    expect([good?.chance, good?.windows_needed]).toEqual([bad?.chance, bad?.windows_needed]);
    expect(good?.target).toBe("failures of error_ratio doubled");
    const [hidden] = powerOf([success], { policy: withMetric({ margin: { absolute: 0.03 } }) }).metrics;
    expect(hidden?.within_margin).toMatch(/would be −1 points, within the margin of 3 points/);
  });

  it("counts what the steps before it showed, each at its own weight", () => {
    const later = (weight: number): number =>
      chanceOf(errors, { before: [{ weight, windows: 10 }], windows: 5, longest: 5 });
    expect(later(1)).toBeLessThan(later(50));
    expect(chanceOf(errors, { windows: 5, longest: 5 })).toBeLessThan(later(50));
  });

  it("grows with weight and windows, and a warm-up shows nothing", () => {
    expect(chanceOf(errors, { weight: 2 })).toBeLessThan(chanceOf(errors, { weight: 50 }));
    expect(chanceOf(errors, { windows: 4 })).toBeLessThan(chanceOf(errors, { windows: 10 }));
    const warm = { ...policy, warmUpSeconds: 5 * policy.windowSeconds };
    expect(chanceOf(errors, { policy: warm, windows: 5 })).toBe(0);
    expect(chanceOf(errors, { policy: warm })).toBeLessThan(chanceOf(errors));
  });

  it("is not known where nobody counted", () => {
    const { name, kind, worse } = errors;
    expect(powerOf([{ name, kind, worse }]).metrics[0]).toMatchObject({ chance: null, windows_needed: null });
  });
});
