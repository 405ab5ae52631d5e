import { describe, expect, test } from "vitest";
import { sloRules } from "../../../../core/analysis/rules/slo.ts";
import { format, formatCondition, parseGuardrails } from "../../../../core/policy/guardrails/index.ts";
import { shippedProfiles } from "../../../../core/policy/profiles.ts";
import { errors, type Known, watched } from "./rollout.ts";

const rulesOfProfile = (name: string) => sloRules(shippedProfiles.get(name) ?? {});
const written = (name: string) =>
  rulesOfProfile(name).map((rule) => `${formatCondition(rule.condition)} then ${rule.action.kind}`);

describe("the shipped profiles", () => {
  test("say what the docs say", () => {
    expect(written("interactive")).toEqual([
      "canary.success_rate < 95% for 3m then rollback",
      "canary.error_rate > 1% for 3m then slow",
      "canary.latency_p95 > 300ms for 3m then rollback",
      "error_budget_left < 5% then hold",
      "canary.crash_loops > 0 then rollback",
    ]);
    const patient = written("patient");
    expect(patient.map((line) => line.replace("3s", "300ms"))).toEqual(written("interactive"));
    expect(patient[2]).toBe("canary.latency_p95 > 3s for 3m then rollback");
  });

  test.each([...shippedProfiles])("%s reads as rules of the language", (_, profile) => {
    for (const rule of sloRules(profile)) {
      const { rules, errors: faults } = parseGuardrails(format(rule), "profile");
      expect(faults).toEqual([]);
      expect(rules[0]).toMatchObject({ condition: rule.condition, action: rule.action, phase: "rollout" });
    }
  });
});

test("a profile asks only what it says, and crash loops unless it says not", () => {
  expect(sloRules({}).map(({ name }) => name)).toEqual(["slo:crash-loops"]);
  expect(sloRules({ "crash-loops": false })).toEqual([]);
  const own = sloRules({
    "crash-loops": false,
    latency: { p50: "80ms", p99: "1.5s" },
    errors: { "above-percent": 0.5, for: "10m", breach: "slow" },
    for: "5m",
    breach: "hold",
  });
  expect(own.map((rule) => `${formatCondition(rule.condition)} then ${rule.action.kind}`)).toEqual([
    "canary.error_rate > 0.5% for 10m then slow",
    "canary.latency_p50 > 80ms for 5m then hold",
    "canary.latency_p99 > 1500ms for 5m then hold",
  ]);
});

describe("over the windows of a rollout", () => {
  const calm = {
    ...errors(0.001, 0.001),
    "canary.latency_p95": { canary: 120, baseline: 118 },
    error_budget_left: 0.8,
    "canary.crash_loops": { canary: 0, baseline: 0 },
  };
  const asked = (...windows: Known[]) =>
    (watched(rulesOfProfile("interactive"), windows).at(-1)?.asked ?? []).map(({ rule, action }) => [
      rule,
      action,
    ]);

  test.each<[string, Known[], string[][]]>([
    ["a service within its promises", [calm, calm], []],
    ["a hundredth of errors, for a window", [calm, { ...calm, ...errors(0.02, 0) }], []],
    [
      "and for two",
      [
        { ...calm, ...errors(0.02, 0) },
        { ...calm, ...errors(0.02, 0) },
      ],
      [["slo:errors", "slow"]],
    ],
    [
      "a tenth of errors",
      [
        { ...calm, ...errors(0.1, 0) },
        { ...calm, ...errors(0.1, 0) },
      ],
      [
        ["slo:success", "rollback"],
        ["slo:errors", "slow"],
      ],
    ],
    [
      "slow answers",
      [
        { ...calm, "canary.latency_p95": 301 },
        { ...calm, "canary.latency_p95": 301 },
      ],
      [["slo:latency-p95", "rollback"]],
    ],
    [
      "as slow as allowed",
      [
        { ...calm, "canary.latency_p95": 300 },
        { ...calm, "canary.latency_p95": 300 },
      ],
      [],
    ],
    ["a spent budget", [{ ...calm, error_budget_left: 0.04 }], [["slo:error-budget", "hold"]]],
    [
      "a crash loop",
      [{ ...calm, "canary.crash_loops": { canary: 1, baseline: 0 } }],
      [["slo:crash-loops", "rollback"]],
    ],
    [
      "no data at all",
      [{}],
      ["success", "errors", "latency-p95", "error-budget", "crash-loops"].map((name) => [
        `slo:${name}`,
        name === "errors" ? "slow" : "hold",
      ]),
    ],
  ])("%s", (_, windows, expected) => expect(asked(...windows)).toEqual(expected));
});
