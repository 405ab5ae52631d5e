import { expect, test } from "vitest";
import { noEffect, rolloutOf, steadyWorld } from "../../../../bench/analyze/world.ts";
import { analyzer } from "../../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../../core/analysis/default-metric.ts";
import { isPair } from "../../../../core/analysis/difference.ts";
import { learn } from "../../../../core/analysis/learnt.ts";
import type { Measurements, MetricSeries } from "../../../../core/analysis/measurements.ts";
import { burstAt } from "../../../../core/analysis/noise/burst.ts";
import { pairsOf } from "../../../../core/analysis/pairs.ts";
import { analysisPolicyOf } from "../../../../core/analysis/policy-of.ts";

const policy = analysisPolicyOf({}, defaultMetric);
const metric = policy.metric("error_ratio", "higher", "ratio");

type Ratio = MetricSeries & { kind: "ratio" };

/** Thousand requests a window; the candidate fails a fifth more often. */
function ratioOf(bad: readonly (number | null)[], candidate = bad.map((count) => 1.2 * (count ?? 0))): Ratio {
  const total = bad.map(() => 1000);
  return {
    kind: "ratio",
    worse: "higher",
    baseline: { total, bad: [...bad] },
    candidate: { total, bad: candidate },
  };
}

test.each<[string, (number | null)[], number]>([
  ["usual windows", [10, 12, 9, 11], 1],
  ["twice the usual share and a little", [10, 10, 10, 21], 2.1],
  ["ten times", [10, 10, 10, 100], 10],
  ["too few bad events to tell, over five windows", [1, 2, 1, 2, 2], 1],
  ["a window without figures", [10, 100, null], 10],
  ["nothing at all", [null, null], 1],
])("%s", (name, bad, times) => {
  expect(burstAt(ratioOf(bad), bad.length - 1, name.startsWith("too few") ? 0.0001 : 0.01)).toBeCloseTo(
    times,
    1,
  );
});

test("the candidate makes no burst, and a gauge has none", () => {
  expect(burstAt(ratioOf([10, 10], [10, 500]), 1, 0.01)).toBe(1);
  expect(burstAt({ kind: "gauge", worse: "higher", baseline: [900], candidate: [1] }, 0, 0.01)).toBe(1);
});

test("arms that differ by a fifth differ as much in a burst, and chance is not taken to be smaller", () => {
  const pairs = pairsOf(ratioOf([100, 1000 / 3]), metric, 0.1);
  const [usual, burst] = pairs.map((pair) => {
    if (!isPair(pair)) throw new Error("both arms were measured");
    return { apart: pair.candidate.value - pair.baseline.value, sampling: pair.candidate.sampling };
  });
  expect(burst?.apart).toBeCloseTo(usual?.apart ?? 0, 2);
  expect(burst?.sampling).toBe(usual?.sampling);
});

/** From this window on, both arms fail ten times as often. */
const from = 10;

function withBurst(seed: number, errors: number): Measurements {
  const calm = rolloutOf(steadyWorld, seed, `${seed}`);
  const burst = rolloutOf({ ...steadyWorld, errorRate: 10 * steadyWorld.errorRate }, seed, "burst", {
    ...noEffect,
    errors,
  });
  const [before, after] = [calm, burst].map(({ metrics }) => metrics.error_ratio);
  if (before?.kind !== "ratio" || after?.kind !== "ratio") throw new Error("errors are a ratio");
  const spliced = (arm: "baseline" | "candidate") => ({
    total: [...before[arm].total.slice(0, from), ...after[arm].total.slice(from)],
    bad: [...before[arm].bad.slice(0, from), ...after[arm].bad.slice(from)],
  });
  const series: Ratio = { ...before, baseline: spliced("baseline"), candidate: spliced("candidate") };
  return { ...calm, metrics: { ...calm.metrics, error_ratio: series } };
}

test("a burst in both arms is no alarm, and a candidate that fails three times as often in it is one", () => {
  const past = Array.from({ length: 60 }, (_, index) => rolloutOf(steadyWorld, index + 1, `past ${index}`));
  const { judge } = analyzer(policy, learn(past, policy));
  const alarms = (seed: number, count: number, errors: number): number =>
    Array.from({ length: count }, (_, index) => judge(withBurst(seed + index, errors))).filter(
      ({ verdict, atWindow }) => verdict === "rollback" && atWindow > from,
    ).length;
  // Six or more of 200 would be far more than the part of two percent that the later windows have.
  expect(alarms(900_000, 200, 1)).toBeLessThan(6);
  expect(alarms(910_000, 40, 3)).toBeGreaterThan(36);
});
