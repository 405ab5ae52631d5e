import { expect, test } from "vitest";
import { defaultMetric } from "../../../../core/analysis/default-metric.ts";
import { kayentaJudgement } from "../../../../core/analysis/kayenta/judgement.ts";
import { kayentaOf } from "../../../../core/analysis/kayenta/of-measurements.ts";
import type { Measurements } from "../../../../core/analysis/measurements.ts";
import type { MetricPolicy } from "../../../../core/analysis/metric-policy.ts";
import { seeded } from "../../../../core/stats/random.ts";

const random = seeded(9);
const windows = <Value>(value: () => Value) => Array.from({ length: 20 }, value);
const bounds = [0.1, 0.2, 0.4];
const metrics: Measurements["metrics"] = {
  errors: {
    kind: "ratio",
    worse: "higher",
    baseline: { total: [...windows(() => 1000), 0, null], bad: [...windows(() => random.poisson(10)), 0, 3] },
    candidate: { total: windows(() => 100), bad: windows(() => random.poisson(5)) },
  },
  free: {
    kind: "gauge",
    worse: "lower",
    baseline: windows(() => 50 + random.normal()),
    candidate: windows(() => 50 + random.normal()),
  },
  latency: {
    kind: "histogram",
    worse: "higher",
    quantile: 0.5,
    baseline: [{ bounds, counts: [10, 10, 0, 0] }, null, { bounds, counts: [0, 0, 0, 0] }],
    candidate: [{ bounds, counts: [0, 10, 0, 0] }],
  },
};
const groups: Record<string, Partial<MetricPolicy>> = {
  errors: { group: "user", weight: 3, critical: true },
  free: { group: "system", weight: 1, critical: false, noData: "rollback" },
  latency: { group: "user", weight: 4, critical: false },
};
const policy = {
  metric: (...given: Parameters<typeof defaultMetric>) => ({
    ...defaultMetric(...given),
    ...groups[given[0]],
  }),
};
const found = kayentaOf({ metrics }, policy);

test("windows become values, and what nobody measured stays missing", () => {
  const [errors, free, latency] = found.metrics;
  expect(errors?.control.slice(20)).toEqual([null, null]);
  expect(errors?.control[0]).toBeCloseTo(0.01, 2);
  expect(errors?.experiment).toHaveLength(22);
  expect(free?.experiment).toEqual(metrics.free?.kind === "gauge" ? metrics.free.candidate : []);
  expect(latency).toMatchObject({ control: [0.1, null, null] });
  expect(latency?.experiment[0]).toBeCloseTo(0.15, 9);
});

test("policy becomes Kayenta's options, and weights those of groups", () => {
  expect(found.policy.groupWeights).toEqual({ user: 87.5, system: 12.5 });
  expect(found.policy.metrics.errors).toMatchObject({
    direction: "increase",
    critical: true,
    mustHaveData: false,
  });
  expect(found.policy.metrics.free).toMatchObject({
    direction: "decrease",
    critical: false,
    mustHaveData: true,
  });
});

test("and the judgement follows", () => {
  const judged = kayentaJudgement(found.metrics, { ...found.policy, thresholds: { pass: 95, marginal: 75 } });
  expect(judged).toMatchObject({ verdict: "rollback", reasonCode: "critical-metric" });
  expect(judged.reason).toMatch(/^errors: /);
});
