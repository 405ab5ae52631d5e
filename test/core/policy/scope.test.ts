import { describe, expect, test } from "vitest";
import type { StrategyMapping, ThresholdsAndWindows } from "../../../core/policy/schema.ts";
import { bandsFor, thresholdsFor } from "../../../core/policy/scope.ts";

const policy: ThresholdsAndWindows = {
  "schema-version": 1,
  defaults: {
    mode: "advisory",
    approval: { from: 85, at: "start", approvers: { count: 1, permissions: ["write"] } },
    vulnerabilities: { critical: "block" },
    "required-facts": ["tests.failed"],
  },
  scopes: [
    { match: { environment: "staging" }, mode: "shadow", "required-facts": [] },
    { match: { service: "payments-*" }, approval: { from: 70, approvers: { count: 2 } } },
    {
      match: { service: "payments-*", environment: "production" },
      mode: "enforced",
      approval: { at: "cut-over" },
    },
    { match: { service: "payments-old" }, approval: { from: 50 }, vulnerabilities: { high: "approve" } },
  ],
};

describe("thresholds", () => {
  test("are the defaults where no scope matches", () => {
    expect(thresholdsFor(policy, { service: "shop", environment: "production" })).toEqual(policy.defaults);
  });

  test("of a scope replace single values and whole lists", () => {
    expect(thresholdsFor(policy, { service: "shop", environment: "staging" })).toEqual({
      ...policy.defaults,
      mode: "shadow",
      "required-facts": [],
    });
  });

  test("of several scopes lie over each other in order, one level deep", () => {
    expect(thresholdsFor(policy, { service: "payments-old", environment: "production" })).toEqual({
      mode: "enforced",
      approval: { from: 50, at: "cut-over", approvers: { count: 2 } },
      vulnerabilities: { critical: "block", high: "approve" },
      "required-facts": ["tests.failed"],
    });
  });

  test("know the usual other names of an environment", () => {
    expect(thresholdsFor(policy, { service: "payments-api", environment: "Prod" }).mode).toBe("enforced");
  });

  test("of a service do not hold where the service is unknown", () => {
    expect(thresholdsFor(policy, { environment: "production" })).toEqual(policy.defaults);
  });

  test("of the analysis lie over each other key by key; what a key holds is replaced whole", () => {
    const resolved = thresholdsFor(
      {
        "schema-version": 1,
        defaults: { analysis: { window: "2m", slo: { "objective-percent": 99, period: "7d" } } },
        scopes: [{ match: {}, analysis: { profile: "patient", slo: { "objective-percent": 99.5 } } }],
      },
      { service: "shop" },
    );
    expect(resolved.analysis).toEqual({
      window: "2m",
      profile: "patient",
      slo: { "objective-percent": 99.5 },
    });
  });

  test("leave the policy as it was", () => {
    const before = structuredClone(policy);
    thresholdsFor(policy, { service: "payments-old", environment: "production" });
    expect(policy).toEqual(before);
  });
});

describe("bands", () => {
  const mapping: StrategyMapping = {
    "schema-version": 1,
    strategies: {},
    bands: [{ "up-to": 100, strategy: "a" }],
    scopes: [
      { match: { environment: "production" }, bands: [{ "up-to": 100, strategy: "b" }] },
      { match: { service: "payments-*" }, bands: [{ "up-to": 100, strategy: "c" }] },
    ],
  };
  test.each([
    [{ service: "shop", environment: "staging" }, "a"],
    [{ service: "shop", environment: "production" }, "b"],
    [{ service: "payments-api", environment: "production" }, "c"],
    [{ service: "payments-api", environment: "staging" }, "c"],
    [{}, "a"],
  ])("for %j are those of the last scope that matches: %s", (where, strategy) => {
    expect(bandsFor(mapping, where)[0]?.strategy).toBe(strategy);
  });
});
