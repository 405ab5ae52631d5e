import { describe, expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import type { Override } from "../../../core/policy/schema.ts";
import { answerOf, changeOf, smallPolicy } from "./small-policy.ts";

describe("bands", () => {
  test.each([
    [0, "rolling"],
    [30, "rolling"],
    [31, "canary"],
    [70, "canary"],
    [71, "blue-green"],
    [500, "blue-green"],
  ])("a score of %d is %s", (lines, strategy) => {
    expect(decide(changeOf(lines), smallPolicy()).strategy_name).toBe(strategy);
  });

  test("caution moves the look-up and not the score, and ends at 100", () => {
    const arm = { service: { platforms: ["linux" as const, "arm" as const] } };
    expect(decide(changeOf(25, arm), smallPolicy())).toMatchObject({
      risk_score: 25,
      band_score: 35,
      strategy: "canary",
    });
    expect(decide(changeOf(95, arm), smallPolicy())).toMatchObject({ risk_score: 95, band_score: 100 });
  });

  test("the bands of the last scope that matches win", () => {
    const policy = smallPolicy();
    const only = (strategy: string) => [{ "up-to": 100, strategy }];
    policy.mapping.scopes = [
      { match: { service: "pay*" }, bands: only("canary") },
      { match: { service: "payments", environment: "production" }, bands: only("blue-green") },
    ];
    const at = (name: string, environment: string) =>
      decide(changeOf(1, { service: { name, environment } }), policy).strategy;
    expect(at("payments", "production")).toBe("blue-green");
    expect(at("payments", "staging")).toBe("canary");
    expect(at("web", "production")).toBe("rolling");
  });

  test("a step without healthy windows asks for one", () => {
    expect(decide(changeOf(40), smallPolicy()).pace).toEqual([
      { weight: 100, window: "2m", healthy_windows: 2 },
    ]);
    expect(decide(changeOf(1), smallPolicy()).pace).toEqual([
      { batch: 100, window: "2m", healthy_windows: 1 },
    ]);
  });
});

const schema: Override = { name: "schema", when: "kinds.db_schema", strategy: "blue-green" };
const hotfix: Override = { name: "hotfix", when: "kinds.hotfix", strategy: "careful" };
const devices: Override = {
  name: "devices",
  when: 'target == "ota"',
  strategy: "devices",
  choose: "exactly",
};
const exactRolling: Override = {
  name: "gently",
  when: "kinds.backport",
  strategy: "rolling",
  choose: "exactly",
};

describe("overrides", () => {
  test.each<[string, Override[], number, Partial<ChangeFacts>, string]>([
    ["none matches", [schema], 1, { kinds: { db_schema: false } }, "rolling"],
    ["the fact is not known", [schema], 1, {}, "rolling"],
    ["one matches", [schema], 1, { kinds: { db_schema: true } }, "blue-green"],
    ["one of the band's kind replaces it", [hotfix], 40, { kinds: { hotfix: true } }, "careful"],
    ["never less careful than the band", [hotfix], 90, { kinds: { hotfix: true } }, "blue-green"],
    [
      "the most careful wins, first",
      [schema, hotfix],
      1,
      { kinds: { db_schema: true, hotfix: true } },
      "blue-green",
    ],
    [
      "the most careful wins, last",
      [hotfix, schema],
      1,
      { kinds: { db_schema: true, hotfix: true } },
      "blue-green",
    ],
    [
      "exactly wins over a more careful one after it",
      [exactRolling, schema],
      90,
      { kinds: { db_schema: true, backport: true } },
      "rolling",
    ],
    [
      "the last of two that say exactly",
      [devices, exactRolling],
      1,
      { kinds: { backport: true }, service: { target: "ota" } },
      "rolling",
    ],
    ["devices take cohorts in every band", [devices], 1, { service: { target: "ota" } }, "devices"],
  ])("%s", (_, overrides, lines, facts, strategy) => {
    expect(decide(changeOf(lines, facts), smallPolicy({ overrides })).strategy_name).toBe(strategy);
  });

  test("ask for an approval, or block", () => {
    const overrides: Override[] = [
      { name: "asks", when: "kinds.db_schema", approval: "required" },
      { name: "stops", when: "kinds.firmware", block: true },
    ];
    const decision = decide(
      changeOf(1, { kinds: { db_schema: true, firmware: true } }),
      smallPolicy({ overrides }),
    );
    expect(answerOf(decision.gates, "override:asks")).toBe("approve: override-needs-approval");
    expect(answerOf(decision.gates, "override:stops")).toBe("block: override-blocks");
    expect(decision).toMatchObject({ allowed: false, needs_approval: false, reason_code: "override-blocks" });
  });

  test("may ask for the score, shown as it is", () => {
    const overrides: Override[] = [{ name: "mid", when: "risk_score >= 20", strategy: "canary" }];
    expect(decide(changeOf(20), smallPolicy({ overrides })).strategy).toBe("canary");
    expect(decide(changeOf(19), smallPolicy({ overrides })).strategy).toBe("rolling");
  });
});

describe("at the worst", () => {
  const unknown = (lines: number, more: Partial<ChangeFacts> = {}) =>
    changeOf(lines, { tests: undefined, ...more });

  test("the policy answers to the worst score as it does to any other", () => {
    const policy = smallPolicy({ defaults: { approval: { from: 45 } } });
    expect(decide(unknown(20), policy)).toMatchObject({
      risk_score: 20,
      worst_score: 50,
      strategy: "rolling",
      needs_approval: false,
      at_worst: { strategy: "canary", needs_approval: true },
    });
  });

  test("it is never more lenient than an override that holds already", () => {
    const decision = decide(unknown(1, { kinds: { db_schema: true } }), smallPolicy({ overrides: [schema] }));
    expect(decision.at_worst).toEqual({ strategy: "blue-green", needs_approval: false });
  });

  test("a guardrail that would block there is said", () => {
    const policy = smallPolicy({ guardrails: 'rule "high": when risk_score > 40 then block' });
    expect(decide(unknown(20), policy).at_worst).toEqual({
      strategy: "canary",
      needs_approval: false,
      blocked: true,
    });
    expect(decide(changeOf(20), policy).at_worst).toEqual({ strategy: "rolling", needs_approval: false });
  });

  test("a revert waits for no approval there either", () => {
    const policy = smallPolicy({ defaults: { approval: { from: 45 } } });
    const revert = { kinds: { revert: true }, change: { reverts: "abc", reverts_protection: false } };
    expect(decide(unknown(20, revert), policy).at_worst).toEqual({
      strategy: "rolling",
      needs_approval: false,
    });
  });
});
