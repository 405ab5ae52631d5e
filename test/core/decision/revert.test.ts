import { describe, expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import type { Override, Thresholds } from "../../../core/policy/schema.ts";
import { answerOf, changeOf, smallPolicy } from "./small-policy.ts";

const defaults: Thresholds = {
  approval: { from: 50 },
  "change-window": { closed: "block" },
  peak: { during: "approve" },
  freeze: { during: "block" },
  "error-budget": { "minimum-percent": 5, below: "block" },
  vulnerabilities: { critical: "block" },
  quarantine: { during: "block" },
};
const badMoment: ChangeFacts["context"] = {
  change_window: "closed",
  peak: true,
  freeze: "fair",
  error_budget_left_percent: 0,
};
const revert: Partial<ChangeFacts> = {
  kinds: { revert: true },
  change: { reverts: "abc", reverts_protection: false },
};

describe("a plain revert", () => {
  test.each(["risk-score", "change-window", "peak-hours", "freeze", "error-budget"])(
    "does not wait for %s",
    (name) => {
      const decision = decide(changeOf(90, { ...revert, context: badMoment }), smallPolicy({ defaults }));
      expect(answerOf(decision.gates, name)).toBe("pass: revert-skips-gate");
      expect(decision).toMatchObject({ allowed: true, needs_approval: false, strategy: "rolling" });
    },
  );

  test.each<[string, Partial<ChangeFacts>, string]>([
    ["critical-vulnerabilities", { vulnerabilities: { critical: 1 } }, "block: critical-vulnerability"],
    ["quarantine", { context: { quarantine: "bad" } }, "block: quarantined"],
    ["cooldown", { context: { cooldown: "two rollbacks" } }, "block: cooldown"],
  ])("still waits for %s", (name, facts, answer) => {
    expect(
      answerOf(decide(changeOf(1, { ...revert, ...facts }), smallPolicy({ defaults })).gates, name),
    ).toBe(answer);
  });

  test.each<[string, Partial<ChangeFacts>]>([
    ["fixed a vulnerability or touched policy", { change: { reverts: "abc", reverts_protection: true } }],
    ["is not known enough", { change: { reverts: "abc" } }],
    ["is only claimed", { kinds: { revert: false } }],
  ])("skips nothing where the reverted commit %s", (_, facts) => {
    const decision = decide(
      changeOf(90, { ...revert, ...facts, context: badMoment }),
      smallPolicy({ defaults }),
    );
    expect(answerOf(decision.gates, "freeze")).toBe("block: freeze");
    expect(answerOf(decision.gates, "risk-score")).toBe("approve: score-needs-approval");
    expect(decision.strategy).toBe("blue-green");
  });
});

describe("the strategy of a plain revert", () => {
  const schema: Override = { name: "schema", when: "kinds.db_schema", strategy: "blue-green" };

  test("is the lowest band's, where the service's own scope has one, of that", () => {
    const policy = smallPolicy();
    policy.mapping.scopes = [{ match: { service: "pay" }, bands: [{ "up-to": 100, strategy: "careful" }] }];
    expect(decide(changeOf(90, { ...revert, service: { name: "pay" } }), policy).strategy_name).toBe(
      "careful",
    );
    expect(decide(changeOf(90, { ...revert, service: { name: "web" } }), policy).strategy_name).toBe(
      "rolling",
    );
  });

  test("is an override's where one asks for more care: the reverse of a migration is a migration", () => {
    const facts = changeOf(1, { ...revert, kinds: { revert: true, db_schema: true } });
    expect(decide(facts, smallPolicy({ overrides: [schema] })).strategy).toBe("blue-green");
  });

  test("is a guardrail's where one forces it", () => {
    const policy = smallPolicy({ guardrails: 'rule "f": when env == "prod" then force blue-green' });
    expect(decide(changeOf(1, revert), policy).strategy).toBe("blue-green");
  });
});
