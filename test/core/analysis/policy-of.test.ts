import { describe, expect, test } from "vitest";
import { shippedBundle, shippedBundleNames } from "../../../adapters/policy/shipped.ts";
import type { AnalysisPolicy } from "../../../core/analysis/metric-policy.ts";
import { analysisPolicyOf, rulePolicyOf } from "../../../core/analysis/policy-of.ts";
import type { ThresholdsAndWindows } from "../../../core/policy/schema.ts";
import { thresholdsFor } from "../../../core/policy/scope.ts";

const metric: AnalysisPolicy["metric"] = (_, worse) => ({
  worse,
  critical: false,
  margin: { relative: 0.05 },
  target: 0.2,
  weight: 1,
  group: "metrics",
  noData: "hold",
  unit: "number",
  scale: "log",
});

describe("the policy of a comparison", () => {
  test("has a value for everything that is left out", () => {
    expect(analysisPolicyOf({}, metric)).toEqual({
      windowSeconds: 120,
      healthyWindows: 5,
      longestWindows: 30,
      atDeadline: "hold",
      falseAlarms: 0.02,
      power: 0.8,
      lowTraffic: "hold",
      warmUpSeconds: 0,
      sharedFault: { beganWithinSeconds: 300, afterStep: "hold" },
      metric,
    });
  });

  test("is what the file says", () => {
    const analysis = {
      window: "5m",
      "healthy-windows": 3,
      longest: "2h",
      "at-deadline": "rollback",
      "false-alarms-percent": 1,
      "power-percent": 90,
      "low-traffic": "bake",
      "warm-up": "1m",
      "shared-fault": { "after-step": "rollback" },
    } as const;
    expect(analysisPolicyOf({ analysis }, metric)).toMatchObject({
      windowSeconds: 300,
      healthyWindows: 3,
      longestWindows: 24,
      atDeadline: "rollback",
      falseAlarms: 0.01,
      power: 0.9,
      lowTraffic: "bake",
      warmUpSeconds: 60,
      sharedFault: { beganWithinSeconds: 300, afterStep: "rollback" },
    });
  });

  test("has room for the healthy windows, whatever scopes add up to", () => {
    expect(analysisPolicyOf({ analysis: { longest: "3m" } }, metric).longestWindows).toBe(5);
  });

  test("ends, whatever scopes add up to", () => {
    const analysis = { window: "1s", longest: "366d" };
    expect(analysisPolicyOf({ analysis }, metric).longestWindows).toBe(1000);
  });
});

describe("what is judged by rules", () => {
  const thresholds: ThresholdsAndWindows = {
    "schema-version": 1,
    defaults: { analysis: { profile: "patient", slo: { "objective-percent": 99.5 } } },
    profiles: { patient: { "success-percent": 90 }, checkout: { "crash-loops": false, "burn-rate": true } },
    scopes: [
      { match: { service: "shop" }, analysis: { profile: "checkout", judge: "kayenta" } },
      { match: { service: "batch" }, analysis: { profile: "none" } },
      { match: { service: "web" }, analysis: { profile: "interactive" } },
    ],
  };
  const policy = { ...shippedBundle("default"), thresholds, guardrails: "" };
  const of = (service: string) => rulePolicyOf(thresholdsFor(thresholds, { service }), policy);
  const names = (service: string) => of(service).rules.map(({ name }) => name);

  test("is the profile of the scope; one of the team's own comes before a shipped one", () => {
    expect(names("other")).toEqual(["slo:success", "slo:crash-loops"]);
    expect(names("shop")).toEqual([]);
    expect(names("web")).toHaveLength(5);
    expect([of("shop"), of("web"), of("other")].map(({ burnRate }) => burnRate)).toEqual([true, true, false]);
  });

  test("is a crash loop at the least, without a profile", () => {
    expect(names("batch")).toEqual(["slo:crash-loops"]);
    expect(rulePolicyOf({}, policy).rules).toHaveLength(1);
  });

  test("is the bundle's own rules of the rollout, too", () => {
    const guardrails = 'rule "d": when risk_score > 70 then block\nrule "r": when burn_rate > 10 then hold';
    const { rules } = rulePolicyOf({}, { ...policy, guardrails });
    expect(rules.map(({ name }) => name)).toEqual(["r", "slo:crash-loops"]);
  });

  test("lies over the defaults key by key", () => {
    expect(of("shop")).toMatchObject({
      slo: { objective: 0.995, periodSeconds: 28 * 86_400 },
    });
    expect(rulePolicyOf({}, policy)).toMatchObject({
      slo: { objective: expect.closeTo(0.999, 12) },
    });
  });
});

test.each(shippedBundleNames)("the shipped %s can promote in its time", (name) => {
  const { thresholds } = shippedBundle(name);
  const resolved = thresholdsFor(thresholds, { service: "shop", environment: "production" });
  const policy = analysisPolicyOf(resolved, metric);
  expect(resolved.analysis?.window).toBeDefined();
  expect(policy.longestWindows).toBeGreaterThanOrEqual(2 * policy.healthyWindows);
  expect(policy.falseAlarms).toBe(0.02);
});
