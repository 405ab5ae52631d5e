import { describe, expect, test } from "vitest";
import { type ChangeFacts, changeFacts, kindNames } from "../../../../core/change/facts.ts";
import { decisionNames, namesIn, type Value } from "../../../../core/policy/guardrails/index.ts";
import { allSpellings, canonicalName, nameSpec } from "../../../../core/policy/guardrails/names.ts";
import { editDistance, nearest } from "../../../../core/policy/guardrails/suggest.ts";

const decided = {
  risk_score: 71,
  band_score: 81,
  worst_score: 90,
  strategy: "canary",
  mode: "advisory",
  environment: "production",
  service: "payments-api",
};
const facts: ChangeFacts = changeFacts.parse({
  schema_version: 1,
  change: { base_branch: "main", author_is_bot: false, from_fork: true },
  service: { platforms: ["linux"], criticality: "critical", target: "ota" },
  diff: {
    files: 1,
    additions: 2,
    deletions: 3,
    directories: 4,
    entropy: 0.5,
    churn: 5,
    owners: ["@a"],
    languages: { Go: 7 },
  },
  tests: {
    total: 6,
    failed: 0,
    flaky: 8,
    integration_failed: 9,
    hardware_total: 10,
    hardware_failed: 11,
    driver_passed: true,
  },
  coverage: { percent: 80, delta: -1 },
  dependencies: { added: 12, updated: 13, removed: 14, major: 15 },
  vulnerabilities: { critical: 16, high: 17, medium: 18 },
  performance: { latency_percent: 19, memory_percent: 20, throughput_percent: 21 },
  kinds: Object.fromEntries(kindNames.map((kind) => [kind, kind !== "revert"])),
  history: { failure_rate: 0.1, days_since_rollback: 22, days_since_incident: 23 },
  context: {
    requests_per_second: 24,
    peak: false,
    change_window: "open",
    freeze: "",
    error_budget_left_percent: -5,
    driver_signature_verified: true,
    quarantine: "",
    cooldown: "",
  },
});

describe("decisionNames", () => {
  const names = decisionNames(facts, { ...decided, rank: 93, probability: 0.12 });

  test.each<[string, Value]>([
    ["env", "production"],
    ["environment", "production"],
    ["service", "payments-api"],
    ["strategy", "canary"],
    ["mode", "advisory"],
    ["risk_score", 71],
    ["band_score", 81],
    ["worst_score", 90],
    ["rank", 93],
    ["probability", 0.12],
    ["tests.failed", 0],
    ["from_fork", true],
    ["author_is_bot", false],
    ["kinds.db_schema", true],
    ["db_schema", true],
    ["revert", false],
    ["languages", ["Go"]],
    ["owners", ["@a"]],
    ["context.freeze", ""],
    ["context.peak", false],
    ["history.failure_rate", 0.1],
    ["days_since_rollback", 22],
  ])("%s is %j", (name, value) => {
    expect(names(name)).toEqual(value);
  });

  test("every name of the decision reads a value of its type from full facts", () => {
    for (const name of namesIn("decision")) {
      const value = names(name);
      const type = Array.isArray(value) ? "list" : typeof value;
      const expected = nameSpec(name)?.type.replace("text", "string");
      expect([name, type]).toEqual([name, expected]);
    }
  });

  test("no two numbers are read from one place", () => {
    const numbers = namesIn("decision")
      .map(names)
      .filter((value) => typeof value === "number");
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  test("what is not known is undefined, whether a group, a field or null", () => {
    for (const empty of [
      { schema_version: 1 },
      { schema_version: 1, tests: null, diff: { files: null }, context: {} },
    ]) {
      const unknown = decisionNames(changeFacts.parse(empty), { ...decided, service: undefined });
      const knownNames = namesIn("decision").filter((name) => unknown(name) !== undefined);
      expect(knownNames).toEqual([
        "env",
        "environment",
        "strategy",
        "mode",
        "risk_score",
        "band_score",
        "worst_score",
      ]);
    }
  });

  test.each(["canary.error_rate", "nothing", "", "__proto__", "constructor"])("%j is unknown", (name) => {
    expect(names(name)).toBeUndefined();
  });
});

describe("the registry", () => {
  test("every kind has its name and its short name", () => {
    for (const kind of kindNames)
      expect([canonicalName(kind), canonicalName(`kinds.${kind}`)]).toEqual([
        `kinds.${kind}`,
        `kinds.${kind}`,
      ]);
  });

  test("no spelling stands for two names", () => {
    const spellings = [...allSpellings()];
    expect(new Set(spellings).size).toBe(spellings.length);
    for (const name of [...namesIn("decision"), ...namesIn("rollout")])
      expect(canonicalName(name)).toBe(name);
  });

  test("names of both phases are the same few", () => {
    expect(namesIn("rollout").filter((name) => namesIn("decision").includes(name))).toEqual([
      "env",
      "environment",
      "service",
      "strategy",
      "mode",
    ]);
  });
});

describe("suggestions", () => {
  test.each([
    ["risk_scor", ["risk_score"]],
    ["riks_score", ["risk_score"]],
    ["RISK-SCORE", ["risk_score"]],
    ["tests.faild", ["tests.failed"]],
    ["qqq", []],
    ["x".repeat(100), []],
    ["", []],
  ])("%s", (word, expected) => {
    expect(nearest(word, namesIn("decision"))).toEqual(expected);
  });

  test.each([
    ["", "", 3, 0],
    ["abc", "abc", 3, 0],
    ["abc", "acb", 3, 1],
    ["abc", "ab", 3, 1],
    ["abc", "xyz", 3, 3],
    ["kitten", "sitting", 3, 3],
    ["abcdef", "ab", 3, 4],
    ["abcd", "wxyz", 3, 4],
  ])("%s and %s, up to %d, are %d apart", (left, right, most, expected) => {
    expect(editDistance(left, right, most)).toBe(expected);
  });
});
