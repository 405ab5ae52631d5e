import { describe, expect, it } from "vitest";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import type { Measurements } from "../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import { rolloutReadings } from "../../../core/analysis/rollout-readings.ts";
import { type RulesQuestion, rolloutRules } from "../../../core/analysis/rollout-rules.ts";
import { parseGuardrails } from "../../../core/policy/guardrails/index.ts";
import type { QueryMetric } from "../../../core/policy/schema.ts";

const metrics = new Map<string, QueryMetric>([
  [
    "errors",
    {
      kind: "ratio",
      total: "t",
      bad: "b",
      supplies: ["canary.error_rate", "canary.success_rate", "canary.requests_per_second"],
    },
  ],
  ["times", { kind: "histogram", buckets: "h", supplies: ["canary.latency_p50", "canary.latency_p95"] }],
  ["wait-ms", { kind: "gauge", value: "w", unit: "milliseconds", supplies: ["canary.latency_p99"] }],
]);
const measured: Measurements = {
  id: "x",
  window_seconds: 60,
  weights: [10, null, 50],
  metrics: {
    errors: {
      kind: "ratio",
      worse: "higher",
      baseline: { total: [600, 600, 600], bad: [6, 6, 6] },
      candidate: { total: [60, null, 60], bad: [6, 6, 30] },
    },
    times: {
      kind: "histogram",
      worse: "higher",
      baseline: [{ bounds: [0.1, 0.2], counts: [50, 50, 0] }, null, null],
      candidate: [{ bounds: [0.1, 0.2], counts: [0, 100, 0] }, null, null],
    },
    "wait-ms": { kind: "gauge", worse: "higher", baseline: [40, 40, 40], candidate: [Number.NaN, 70, 70] },
  },
};
const readings = rolloutReadings(measured, metrics, { service: "shop", environment: "production" });

describe("what guardrails read", () => {
  it.each([
    ["canary.error_rate", 0, { canary: 0.1, baseline: 0.01 }],
    ["canary.success_rate", 0, { canary: 0.9, baseline: 0.99 }],
    ["canary.requests_per_second", 0, { canary: 1, baseline: 10 }],
    ["canary.error_rate", 1, undefined],
    ["canary.latency_p50", 0, { canary: 150, baseline: 100 }],
    ["canary.latency_p95", 1, undefined],
    ["canary.latency_p99", 0, undefined],
    ["canary.latency_p99", 1, { canary: 70, baseline: 40 }],
    ["weight", 0, 10],
    ["weight", 1, undefined],
    ["elapsed", 1, 120],
    ["env", 0, "production"],
    ["service", 0, "shop"],
    ["canary.restarts", 0, undefined],
  ])("%s of window %i", (name, window, expected) => {
    const read = readings.of(window)(name);
    if (typeof expected !== "object") return expect(read).toBe(expected);
    expect(read).toEqual({
      canary: expect.closeTo(expected.canary),
      baseline: expect.closeTo(expected.baseline),
    });
  });

  it("is measured where a query supplies it", () => {
    expect(["canary.error_rate", "elapsed", "canary.restarts", "burn_rate"].map(readings.measured)).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

const policy = analysisPolicyOf({ mode: "advisory" }, defaultMetric);
const rulesOf = (text: string, more: Partial<RulesQuestion> = {}) => {
  const { rules, errors } = parseGuardrails(text, "test.rules");
  expect(errors).toEqual([]);
  return rolloutRules({
    policy,
    rules: { judge: "sequential", slo: { objective: 0.99, periodSeconds: 86_400 }, rules, burnRate: false },
    readings,
    firstEnd: 1060,
    windowSeconds: 60,
    stepSeconds: [1000],
    probes: { onFailure: "rollback", failed: () => undefined },
    ...more,
  });
};

describe("rules over windows", () => {
  it("count the time between windows, and start anew with the first", () => {
    const rules = rulesOf('rule "bad": when canary.error_rate > 5% for 2m then rollback\n');
    for (const _ of [1, 2]) {
      expect(rules(0).demand).toBeUndefined();
      expect(rules(1).demand).toMatchObject({ reason_code: "no-data" });
      expect(rules(2)).toMatchObject({ demand: { action: "rollback", reason_code: "guardrail" } });
    }
  });

  it("say of a budget nobody asks for that it is watched by nothing", () => {
    const [warning] = rulesOf('rule "b": when burn_rate > 10 then hold\n')(0).warnings;
    expect(warning).toContain("no query measures burn_rate");
  });

  it("read the budget of the whole service, and burn it over several windows", () => {
    const counts = () => () => ({ total: 10_000, bad: 5_000 });
    const rules = rulesOf('rule "b": when burn_rate > 10 then hold\n', {
      counts,
      rules: {
        judge: "sequential",
        slo: { objective: 0.99, periodSeconds: 86_400 },
        rules: [],
        burnRate: true,
      },
    });
    const said = rules(0);
    expect(said.answers.map(({ name, truth }) => [name, truth])).toEqual([
      ["slo:burn-1h", true],
      ["slo:burn-6h", true],
      ["slo:burn-1d", true],
      ["slo:burn-3d", true],
    ]);
    expect(said.demand).toMatchObject({ action: "hold" });
  });

  it("let a probe that failed be as strict as policy says, and one that answered ask for nothing", () => {
    const failed = (window: number) =>
      window === 1 ? [{ name: "live", sentence: "live is not ready." }] : [];
    const rules = rulesOf("", { probes: { onFailure: "rollback", failed } });
    expect(rules(0)).toMatchObject({ answers: [{ name: "probes", truth: false }] });
    expect(rules(0).demand).toBeUndefined();
    expect(rules(1)).toMatchObject({
      demand: { action: "rollback", reason_code: "probe-failed", rule: "probe:live" },
      answers: [{ name: "probe:live", truth: true, since_window: 2 }],
    });
  });
});
