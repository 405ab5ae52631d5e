import { describe, expect, test } from "vitest";
import { type Effect, noEffect, rolloutOf, steadyWorld } from "../../../bench/analyze/world.ts";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { learn } from "../../../core/analysis/learnt.ts";
import type { Measurements, MetricSeries } from "../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";

/** Rollouts that the judge's own model did not make, judged with what others of them teach. */

const world = { ...steadyWorld, windows: 12 };
const policy = analysisPolicyOf({}, defaultMetric);
const rollouts = (from: number, count: number, effect: Effect): Measurements[] =>
  Array.from({ length: count }, (_, index) => rolloutOf(world, from + index, `r ${from + index}`, effect));
const past = rollouts(1, 60, noEffect);
const { judge } = analyzer(policy, learn(past, policy));
const alarmsOf = (some: readonly Measurements[]): number =>
  some.filter((rollout) => judge(rollout).verdict === "rollback").length;

const fresh = 150;
/** So many or more of 150 have a chance of one in 500 where the rate is two percent. */
const unlikely = 9;

describe("fresh rollouts", () => {
  test("without an effect are taken back no more often than policy says", () => {
    expect(alarmsOf(rollouts(10_000, fresh, noEffect))).toBeLessThan(unlikely);
  });

  test("with three times the errors are found, and with latency half as high again", () => {
    expect(alarmsOf(rollouts(20_000, 40, { ...noEffect, errors: 3 }))).toBeGreaterThan(36);
    expect(alarmsOf(rollouts(30_000, 40, { ...noEffect, latency: 1.5 }))).toBeGreaterThan(36);
  });

  test("that got better are not taken back, nor those whose arms are exchanged", () => {
    expect(alarmsOf(rollouts(40_000, 60, { ...noEffect, errors: 0.5, latency: 0.8 }))).toBeLessThan(3);
    expect(alarmsOf(rollouts(50_000, fresh, noEffect).map(exchanged))).toBeLessThan(unlikely);
  });
});

function exchanged(rollout: Measurements): Measurements {
  const metrics = Object.entries(rollout.metrics).map(([name, series]): [string, MetricSeries] => {
    if (series.kind === "ratio")
      return [name, { ...series, baseline: series.candidate, candidate: series.baseline }];
    if (series.kind === "gauge")
      return [name, { ...series, baseline: series.candidate, candidate: series.baseline }];
    return [name, { ...series, baseline: series.candidate, candidate: series.baseline }];
  });
  return { ...rollout, metrics: Object.fromEntries(metrics) };
}

test("a history of which a tenth had effects, those marked that were taken back, finds nearly as much", () => {
  const harmed = rollouts(60_000, 6, { ...noEffect, errors: 2, latency: 1.2 });
  const mixed = past.map((rollout, index): Measurements => {
    const other = harmed[index / 10];
    return other ? { ...other, outcome: "rolled-back" } : rollout;
  });
  const after = analyzer(policy, learn(mixed, policy));
  const bad = rollouts(70_000, 60, { ...noEffect, errors: 2, latency: 1.2 });
  const clean = alarmsOf(bad);
  const found = bad.filter((rollout) => after.judge(rollout).verdict === "rollback").length;
  expect(clean).toBeGreaterThan(40);
  expect(found).toBeGreaterThan(clean - 6);
});
