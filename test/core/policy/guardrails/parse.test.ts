import { describe, expect, test } from "vitest";
import {
  format,
  formatCondition,
  parseCondition,
  parseGuardrails,
} from "../../../../core/policy/guardrails/index.ts";

function only(text: string) {
  const { rules, errors } = parseGuardrails(text, "guardrails.rules");
  expect(errors.map((error) => error.text)).toEqual([]);
  expect(rules).toHaveLength(1);
  const [rule] = rules;
  if (rule === undefined) throw new Error("There is one rule, as was expected just before.");
  return rule;
}
const canonical = (condition: string) =>
  format(only(`rule "r": when ${condition} then notify "x"`)).slice(15, -16);

describe("the examples of the language", () => {
  test("a rule of the decision", () => {
    expect(only('rule "block_high_risk_prod": when env == "prod" and risk_score > 70 then block')).toEqual({
      name: "block_high_risk_prod",
      condition: {
        kind: "and",
        parts: [
          { kind: "compare", name: "env", operator: "==", value: { kind: "text", value: "prod" } },
          { kind: "compare", name: "risk_score", operator: ">", value: { kind: "number", value: 70 } },
        ],
      },
      action: { kind: "block" },
      phase: "decision",
      line: 1,
      column: 1,
    });
  });

  test("a rule of the rollout keeps its multiple and its seconds", () => {
    expect(
      only('rule "auto_rollback": when canary.error_rate > 2x_baseline for 3m then rollback'),
    ).toMatchObject({
      condition: {
        kind: "for",
        seconds: 180,
        part: {
          kind: "compare",
          name: "canary.error_rate",
          operator: ">",
          value: { kind: "baseline", times: 2 },
        },
      },
      action: { kind: "rollback" },
      phase: "rollout",
    });
  });

  test("several rules over several lines, with comments, CRLF and a byte order mark", () => {
    const text =
      '\uFEFF# first\r\nrule "a":\r\n  when from_fork # why\r\n    and not kinds.revert\r\n  then block "a # is no comment"\r\nrule "b": when peak_ == 1 then hold\r\n\trule "c": when weight >= 50% then slow';
    const { rules, errors } = parseGuardrails(text, "guardrails.rules");
    expect(rules.map(({ name, line, column }) => [name, line, column])).toEqual([
      ["a", 2, 1],
      ["c", 7, 2],
    ]);
    expect(rules[0]?.message).toBe("a # is no comment");
    expect(errors.map(({ line, column }) => [line, column])).toEqual([[6, 16]]);
  });

  test.each([
    ["block", { kind: "block" }, undefined],
    ['require_approval "why"', { kind: "require_approval" }, "why"],
    ["allow", { kind: "allow" }, undefined],
    ["force canary", { kind: "force", strategy: "canary" }, undefined],
    ["force strategy blue-green", { kind: "force", strategy: "blue-green" }, undefined],
    ['force cohorts "why"', { kind: "force", strategy: "cohorts" }, "why"],
    ['notify "text"', { kind: "notify", text: "text" }, undefined],
  ])("action %s", (written, action, message) => {
    const rule = only(`rule "r": when risk_score > 70 then ${written}`);
    expect(rule.action).toEqual(action);
    expect(rule.message).toBe(message);
    expect(rule.phase).toBe("decision");
  });

  test.each(["slow", "hold", "rollback", 'notify "x"'])("action %s of a rollout", (written) => {
    expect(only(`rule "r": when canary.crash_loops > 0 then ${written}`).phase).toBe("rollout");
  });

  test("a strategy by its own name, where the reader knows the names", () => {
    const { rules } = parseGuardrails('rule "r": when kinds.hotfix then force quick-canary', "f", [
      "quick-canary",
    ]);
    expect(rules[0]?.action).toEqual({ kind: "force", strategy: "quick-canary" });
  });

  test("names known in both phases take the phase of the action", () => {
    expect(only('rule "r": when env == "prod" then block').phase).toBe("decision");
    expect(only('rule "r": when env == "prod" then hold').phase).toBe("rollout");
    expect(only('rule "r": when env == "prod" and burn_rate > 10 then rollback').phase).toBe("rollout");
  });

  test("no rules are no error", () => {
    for (const text of ["", "\n\n", "# only a comment", "  \t"]) {
      expect(parseGuardrails(text, "f")).toEqual({ rules: [], errors: [] });
    }
  });
});

describe("conditions and their one text", () => {
  test.each([
    ["risk_score>70", "risk_score > 70"],
    ["70 < risk_score", "risk_score > 70"],
    ['"prod" == env', 'env == "prod"'],
    ["db_schema", "kinds.db_schema"],
    ["db_schema == true", "kinds.db_schema"],
    ["not db_schema", "not kinds.db_schema"],
    ["days_since_incident < 14d", "history.days_since_incident < 14d"],
    ['env in ["a" , "b",]', 'env in ["a", "b"]'],
    ['not env in ["a"]', 'not env in ["a"]'],
    ['"arm" in platforms', '"arm" in platforms'],
    ['owners matches "@org/*"', 'owners matches "@org/*"'],
    ["((from_fork))", "from_fork"],
    ["from_fork and (author_is_bot and kinds.revert)", "from_fork and author_is_bot and kinds.revert"],
    ["from_fork and (author_is_bot or kinds.revert)", "from_fork and (author_is_bot or kinds.revert)"],
    ["from_fork or author_is_bot and kinds.revert", "from_fork or author_is_bot and kinds.revert"],
    ["not (from_fork or author_is_bot)", "not (from_fork or author_is_bot)"],
    ["not not from_fork", "not not from_fork"],
    ["coverage.delta < -2.50", "coverage.delta < -2.5"],
    ["diff.entropy > 0.000000001", "diff.entropy > 0.000000001"],
    ["history.failure_rate >= 12.5%", "history.failure_rate >= 12.5%"],
    ["canary.latency_p99 > 3.0s", "canary.latency_p99 > 3s"],
    ["canary.latency_p99 > 300", "canary.latency_p99 > 300"],
    ["canary.success_rate < 0.9x_baseline for 180s", "canary.success_rate < 0.9x_baseline for 3m"],
    ["not burn_rate > 10 for 5m", "not burn_rate > 10 for 5m"],
    ["(burn_rate > 10 and weight > 5%) for 5m", "(burn_rate > 10 and weight > 5%) for 5m"],
    ['service == "a \\"b\\" \\\\"', 'service == "a \\"b\\" \\\\"'],
  ])("%s", (written, expected) => {
    expect(canonical(written)).toBe(expected);
  });

  test("and binds tighter than or, not tighter than and, for tightest", () => {
    const parsed = parseCondition(
      "not burn_rate > 9 for 1m and weight > 5 or elapsed > 5m",
      "when",
      "rollout",
    );
    expect(parsed).toMatchObject({
      condition: {
        kind: "or",
        parts: [
          { kind: "and", parts: [{ kind: "not", part: { kind: "for" } }, { kind: "compare" }] },
          { kind: "compare" },
        ],
      },
    });
  });
});

describe("parseCondition", () => {
  test("reads the same language", () => {
    const parsed = parseCondition("vulnerabilities.critical > 0 or kinds.kernel_driver", "override critical");
    expect("condition" in parsed && formatCondition(parsed.condition)).toBe(
      "vulnerabilities.critical > 0 or kinds.kernel_driver",
    );
  });

  test.each([
    ["risk_scor > 3", 'mapping.yaml:7:11: unknown name "risk_scor"; did you mean risk_score?'],
    ["", "mapping.yaml:7:11: expected a name such as risk_score, found the end of the text"],
    ["from_fork then block", 'mapping.yaml:7:21: expected and, or or the end, found "then"'],
    ["from_fork)", "mapping.yaml:7:20: no parenthesis is open here"],
    [
      "canary.error_rate > 5%",
      "mapping.yaml:7:11: canary.error_rate belongs to the rollout; this condition is one of the decision",
    ],
    [
      "from_fork for 3m",
      "mapping.yaml:7:21: for belongs to the rollout; this condition is one of the decision",
    ],
    ["from_fork and\n rule", 'mapping.yaml:8:2: expected a name such as risk_score, found "rule"'],
  ])("%s", (text, expected) => {
    const parsed = parseCondition(text, { fileName: "mapping.yaml", line: 7, column: 11 });
    expect("condition" in parsed).toBe(false);
    expect(parsed.errors.map((error) => error.text.split("\n")[0])).toEqual([expected]);
  });

  test("of the rollout refuses names of the decision", () => {
    expect(parseCondition("risk_score > 70", "w", "rollout").errors[0]?.message).toBe(
      "risk_score belongs to the decision; this condition is one of the rollout",
    );
  });
});
