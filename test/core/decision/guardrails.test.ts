import { describe, expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import { answerOf, changeOf, smallPolicy } from "./small-policy.ts";

const critical: Partial<ChangeFacts> = { vulnerabilities: { critical: 1 } };
const clean: Partial<ChangeFacts> = { vulnerabilities: { critical: 0 } };
const condition = "vulnerabilities.critical > 0";

describe("a rule answers by what is known of its condition", () => {
  test.each<[string, string, Partial<ChangeFacts>, string]>([
    ["block", "holds", critical, "block: guardrail-blocks"],
    ["block", "does not hold", clean, "absent"],
    ["block", "is not known", {}, "approve: guardrail-fact-unknown"],
    ["require_approval", "holds", critical, "approve: guardrail-needs-approval"],
    ["require_approval", "does not hold", clean, "absent"],
    ["require_approval", "is not known", {}, "approve: guardrail-fact-unknown"],
    ["allow", "holds", critical, "absent"],
    ["allow", "is not known", {}, "absent"],
  ])("%s, where it %s", (action, _, facts, answer) => {
    const policy = smallPolicy({ guardrails: `rule "one": when ${condition} then ${action}` });
    expect(answerOf(decide(changeOf(1, facts), policy).gates, "guardrail:one")).toBe(answer);
  });

  test("what is not known is named", () => {
    const policy = smallPolicy({ guardrails: `rule "one": when ${condition} then block` });
    expect(decide(changeOf(1), policy).gates).toContainEqual(
      expect.objectContaining({ sentence: expect.stringContaining("vulnerabilities.critical") }),
    );
  });

  test("a rule's own words are the reason", () => {
    const policy = smallPolicy({ guardrails: `rule "one": when ${condition} then block "ask dana first"` });
    expect(decide(changeOf(1, critical), policy).gates.at(-1)?.sentence).toBe("ask dana first");
  });
});

describe("force strategy", () => {
  const forced = (name: string) =>
    smallPolicy({ guardrails: `rule "f": when ${condition} then force ${name}` });

  test.each<[string, string, number, Partial<ChangeFacts>, string]>([
    ["holds, by a strategy's name", "careful", 1, critical, "careful"],
    ["holds, by a kind", "cohorts", 1, critical, "devices"],
    ["holds, towards less care", "rolling", 90, critical, "rolling"],
    ["does not hold", "blue-green", 1, clean, "rolling"],
    ["is not known, towards more care", "blue-green", 1, {}, "blue-green"],
    ["is not known, towards less care", "rolling", 90, {}, "blue-green"],
  ])("where it %s", (_, name, lines, facts, strategy) => {
    expect(decide(changeOf(lines, facts), forced(name)).strategy_name).toBe(strategy);
  });

  test("wins over an override", () => {
    const overrides = [{ name: "o", when: condition, strategy: "canary" }];
    const policy = smallPolicy({
      overrides,
      guardrails: `rule "f": when ${condition} then force blue-green`,
    });
    expect(decide(changeOf(1, critical), policy).strategy).toBe("blue-green");
  });
});

describe("allow", () => {
  const policy = smallPolicy({
    defaults: { approval: { from: 50 }, freeze: { during: "block" } },
    guardrails: 'rule "bots": when author_is_bot then allow',
  });

  test("lifts the approval by score, and says which rule did", () => {
    const decision = decide(changeOf(60, { change: { author_is_bot: true } }), policy);
    expect(answerOf(decision.gates, "risk-score")).toBe("pass: guardrail-allows");
    expect(decision.allowed).toBe(true);
  });

  test("lifts nothing else", () => {
    const decision = decide(
      changeOf(60, { change: { author_is_bot: true }, context: { freeze: "fair" } }),
      policy,
    );
    expect(decision).toMatchObject({ allowed: false, reason_code: "freeze" });
  });

  test("does nothing on a fact that is not known", () => {
    expect(decide(changeOf(60), policy)).toMatchObject({ allowed: false, needs_approval: true });
  });
});

test("notify is a note, and rules of the rollout are silent here", () => {
  const policy = smallPolicy({
    guardrails: [
      'rule "n": when risk_score > 10 then notify "the captain is told"',
      'rule "r": when canary.error_rate > 2x_baseline for 3m then rollback',
    ].join("\n"),
  });
  const decision = decide(changeOf(20), policy);
  expect(decision.notes).toEqual(["the captain is told"]);
  expect(decision.gates).toEqual([]);
  expect(decide(changeOf(10), policy).notes).toEqual([]);
});
