import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  format,
  formatCondition,
  parseCondition,
  parseGuardrails,
} from "../../../../core/policy/guardrails/index.ts";
import { conditions, rules } from "./arbitrary-rule.ts";

describe.each(["decision", "rollout"] as const)("a tree of the %s", (phase) => {
  test("has one text, which parses to the same tree", () => {
    fc.assert(
      fc.property(conditions(phase), (condition) => {
        expect(parseCondition(formatCondition(condition), "when", phase)).toEqual({ condition, errors: [] });
      }),
      { numRuns: 1000 },
    );
  });

  test("so has a rule", () => {
    fc.assert(
      fc.property(rules(phase), (rule) => {
        const { rules: parsed, errors } = parseGuardrails(format(rule), "guardrails.rules");
        expect(errors).toEqual([]);
        // A rule without a name of one phase takes the phase of its action, as here all do.
        expect(parsed).toEqual([{ ...rule, line: 1, column: 1 }]);
      }),
      { numRuns: 500 },
    );
  });
});

test("a tree built by hand with an and inside an and is written without parentheses", () => {
  const test = {
    kind: "compare",
    name: "from_fork",
    operator: "==",
    value: { kind: "boolean", value: true },
  } as const;
  const inner = { kind: "and" as const, parts: [test, test] };
  expect(formatCondition({ kind: "and", parts: [inner, test] })).toBe(
    "from_fork and from_fork and from_fork",
  );
});

test("format of parsed text is a fixed point", () => {
  const text =
    'rule  "a" : when ( 70<risk_score ) and(db_schema or not ( from_fork ))then  force strategy canary "x"';
  const once = format(
    parseGuardrails(text, "f").rules[0] ?? {
      name: "",
      condition: { kind: "and", parts: [] },
      action: { kind: "block" },
    },
  );
  expect(once).toBe(
    'rule "a": when risk_score > 70 and (kinds.db_schema or not from_fork) then force canary "x"',
  );
  expect(parseGuardrails(once, "f").rules.map(format)).toEqual([once]);
});
