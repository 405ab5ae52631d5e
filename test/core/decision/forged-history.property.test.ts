import fc from "fast-check";
import { expect, test } from "vitest";
import type { ChangeFacts } from "../../../core/change/facts.ts";
import { decide } from "../../../core/decision/decide.ts";
import type { DecisionBody } from "../../../core/decision/shape.ts";
import { moreCareful } from "../../../core/strategy/care.ts";
import { madeModel } from "../../made-model.ts";
import { smallPolicy } from "./small-policy.ts";

const digit = fc.integer({ min: 0, max: 9 });
const percent = fc.integer({ min: 0, max: 100 });
const perhaps = <Value>(one: fc.Arbitrary<Value>) => fc.option(one, { nil: undefined });
const split = (at: number) =>
  fc.record({
    at: fc.constant(at),
    below: fc.integer({ min: -4, max: 4 }),
    above: fc.integer({ min: -4, max: 4 }),
  });
const model = fc
  .record({ la: split(50), ndev: split(3), age: split(5), churn: split(4) })
  .map((splits) => madeModel({ splits }));
const past = fc.record({
  ...{ lines_before: digit, developers: digit, days_since_touched: digit, changes_before: digit },
});
const rules = fc.record({
  scale: fc.constantFrom("rank" as const, "probability" as const),
  "most-unknowns": fc.constantFrom(0, 25, 50, 75, 100),
  approval: fc.record({ from: percent, "least-probability": percent }),
});
const bands = [
  { "up-to": 30, strategy: "rolling" },
  { "up-to": 70, strategy: "canary" },
  { "up-to": 100, strategy: "blue-green" },
];

function hardness({ gates, needs_approval: needsApproval }: DecisionBody): number {
  return gates.some(({ verdict }) => verdict === "block") ? 2 : Number(needsApproval);
}

test("where a model is enforced, forged history makes no answer milder than none", () => {
  const forged = fc.record({
    ...{ model, rules, past, ofService: past, churn: perhaps(digit), drifted: fc.boolean() },
    ...{ lines: percent, limit: fc.integer({ min: 1, max: 99 }), inService: fc.boolean() },
  });
  const holds = fc.property(forged, ({ model, rules, lines, limit, inService, ...told }) => {
    const policy = smallPolicy({
      model,
      defaults: { approval: { from: 70 }, model: { state: "enforced", bands, ...rules } },
      guardrails: `rule "rank": when rank > ${limit} then block\nrule "score": when risk_score > ${limit} then require_approval`,
    });
    const factsWith = (
      churn: number | undefined,
      history: ChangeFacts["history"],
      own: typeof told.past | undefined,
    ): ChangeFacts => ({
      schema_version: 1,
      diff: { additions: lines, churn },
      tests: { failed: 0 },
      history,
      ...(inService ? { services: [{ name: "pay", diff: { additions: lines, churn }, past: own }] } : {}),
      sources: { history: { from: "git", trusted: false } },
    });
    const drift = { model: model.version, releases: 500, failures: 100, expected: 1, evidence: 1e9 };
    const history = {
      past: told.past,
      ...(told.drifted ? { model_calibration: { ...drift, towards: "more-failures" as const } } : {}),
    };
    const bare = decide(factsWith(undefined, undefined, undefined), policy, { mode: "enforced" });
    const answer = decide(factsWith(told.churn, history, told.ofService), policy, { mode: "enforced" });
    expect(moreCareful(bare.strategy, answer.strategy)).toBe(false);
    const worst = ({ at_worst: at }: DecisionBody) => at?.strategy ?? "rolling";
    expect(moreCareful(worst(bare), worst(answer))).toBe(false);
    expect(hardness(answer)).toBeGreaterThanOrEqual(hardness(bare));
  });
  fc.assert(holds, { numRuns: 300 });
});
