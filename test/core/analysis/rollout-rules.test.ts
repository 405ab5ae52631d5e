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
    ["weight", 0, 10],
    ["weight", 1, undefined],
    ["elapsed", 1, 120],
    ["env", 0, "production"],
    ["service", 0, "shop"],
    ["canary.restarts", 0, undefined],
    ["canary.requests_per_second", 0, { canary: 1, baseline: 10 }],
    ["canary.latency_p99", 1, { canary: 70, baseline: 40 }],
  ])("%s of window %i", (name, window, expected) => {
    expect(readings.of(window)(name)).toEqual(expected);
  });

  it("is, of what rests on counts, between what is sure of both arms", () => {
    const errors = readings.of(0)("canary.error_rate");
    expect(errors).toMatchObject({ candidate: { mildest: expect.any(Number) }, baseline: {} });
    const [candidate, baseline] = [
      { mildest: expect.closeTo(0.053, 2), gravest: expect.closeTo(0.18, 2) },
      { mildest: expect.closeTo(0.0053, 3), gravest: expect.closeTo(0.019, 2) },
    ];
    expect(errors).toEqual({ candidate, baseline });
    expect(readings.of(1)("canary.error_rate")).toMatchObject({ candidate: undefined });
    const latency = readings.of(0)("canary.latency_p50");
    expect(latency).toMatchObject({ candidate: { mildest: expect.closeTo(141, -1) }, baseline: {} });
    expect(readings.of(1)("canary.latency_p95")).toEqual({ candidate: undefined, baseline: undefined });
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
    rules: { slo: { objective: 0.99, periodSeconds: 86_400 }, rules, burnRate: false },
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

  it("say of a window without anything that the store may be down", () => {
    const arms = { baseline: [5, null], candidate: [5, null] };
    const rollout: Measurements = {
      ...measured,
      metrics: { "wait-ms": { kind: "gauge", worse: "higher", ...arms } },
    };
    const rules = rulesOf('rule "tail": when canary.latency_p99 > 1.0s then hold\n', {
      readings: rolloutReadings(rollout, metrics, {}),
    });
    expect(rules(0).answers[0]).toMatchObject({ truth: false });
    expect(rules(1).answers[0]?.sentence).toBe(
      "Guardrail tail is not known: nothing was measured in this window, so the store is down or there was no traffic.",
    );
  });

  it("count a dead probe from its first failure on", () => {
    const dead = [{ name: "live", sentence: "live is not ready." }];
    const windows = [dead, [], dead, undefined, dead];
    const rules = rulesOf("", { probes: { onFailure: "hold", failed: (window) => windows[window] } });
    const since = [0, 2, 4].map((window) => rules(window).answers[0]?.since_window);
    expect(since).toEqual([1, 3, 3]);
  });

  it("say of a budget nobody asks for that it is watched by nothing", () => {
    const [warning] = rulesOf('rule "b": when burn_rate > 10 then hold\n')(0).warnings;
    expect(warning).toContain("no query measures burn_rate");
  });

  it("do not wait for a budget that the store keeps too little for", () => {
    const counts = {
      at: () => () => ({ total: null, bad: null }),
      has: (seconds: number) => seconds < 86_400,
    };
    const said = rulesOf('rule "b": when error_budget_left < 5% then hold\n', { counts })(0);
    expect(said.demand).toBeUndefined();
    expect(said.warnings).toHaveLength(1);
    const waits = rulesOf('rule "b": when burn_rate > 10 then hold\n', { counts })(0);
    expect(waits.demand).toMatchObject({ action: "hold", reason_code: "no-data" });
  });

  it("read the budget of the whole service, and burn it over several windows", () => {
    const counts = { at: () => () => ({ total: 10_000, bad: 5_000 }), has: () => true };
    const rules = rulesOf('rule "b": when burn_rate > 10 then hold\n', {
      counts,
      rules: {
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
