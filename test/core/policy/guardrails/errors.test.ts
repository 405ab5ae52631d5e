import { describe, expect, test } from "vitest";
import { parseGuardrails } from "../../../../core/policy/guardrails/index.ts";

const errorsOf = (text: string) => parseGuardrails(text, "guardrails.rules").errors;
const firstLines = (text: string) => errorsOf(text).map((error) => error.text.split("\n")[0]);
const messagesOf = (condition: string, action = 'notify "x"') =>
  errorsOf(`rule "r": when ${condition} then ${action}`).map((error) => error.message);

test("place, message, and the line with a caret", () => {
  const [error] = errorsOf('# a\n\nrule "b": when risk_score > 0.7 then block\n');
  expect(error).toEqual({
    fileName: "guardrails.rules",
    line: 3,
    column: 29,
    message: "risk_score is 0–100; did you mean 70?",
    suggestions: ["70"],
    excerpt: `  rule "b": when risk_score > 0.7 then block\n  ${" ".repeat(28)}^^^`,
    text: `guardrails.rules:3:29: risk_score is 0–100; did you mean 70?\n  rule "b": when risk_score > 0.7 then block\n  ${" ".repeat(28)}^^^`,
  });
});

describe("names, types and bounds", () => {
  test.each([
    ["risk_scor > 3", 'unknown name "risk_scor"; did you mean risk_score?'],
    ["failure_rate > 5%", 'unknown name "failure_rate"; did you mean history.failure_rate?'],
    ["from_fork && author_is_bot", '"&&" is not of the language; did you mean and?'],
    ['env = "prod"', '"=" does not compare; did you mean ==?'],
    ["env == 'prod'", 'text stands in straight double quotes, for example "prod"'],
    ["env == “prod”", 'text stands in straight double quotes, for example "prod"'],
    ["env == prod", 'expected a value, found "prod"; text stands in double quotes'],
    [
      "diff.additions > diff.deletions",
      'expected a value, found "diff.deletions"; a name compares with a value, not with another name',
    ],
    ['risk_score > "high"', 'risk_score is a number; "high" is text'],
    ["risk_score == true", "risk_score is a number; true is not"],
    ["env == 5", "env is text; 5 is a number"],
    ['env > "a"', "env is text; it compares with == or !=, not with >"],
    ['from_fork == "yes"', 'from_fork is true or false; "yes" is text'],
    ["risk_score", "risk_score is a number; compare it, for example risk_score > 70"],
    ["env", 'env is text; write env == "name", in ["name"] or matches "glob*"'],
    ['platforms == "arm"', 'platforms is a list; write "arm" in platforms'],
    ['platforms in ["arm"]', 'platforms is a list; write "arm" in platforms'],
    ['"arm64" in platforms', 'platforms holds "linux", "windows" or "arm"; "arm64" is none of them'],
    ['"a" in env', 'env is text; write env == "name", in ["name"] or matches "glob*"'],
    [
      'mode == "enforce"',
      'mode holds "shadow", "advisory" or "enforced"; "enforce" is none of them; did you mean "enforced"?',
    ],
    ['mode in ["shadow", "live"]', 'mode holds "shadow", "advisory" or "enforced"; "live" is none of them'],
    ['risk_score matches "7*"', "risk_score is a number; compare it, for example risk_score > 70"],
    ["env in []", "this list is empty, so the condition is never true"],
    ['env in ["a" "b"]', 'expected , or ] in the list, found the text "b"'],
    ["env in [a]", 'expected a text in double quotes in the list, found "a"'],
    ["risk_score > 0.7", "risk_score is 0–100; did you mean 70?"],
    ["risk_score > 70%", "risk_score is 0–100, not a share; did you mean 70?"],
    ["risk_score > 700", "risk_score is 0–100; 700 is outside"],
    ["risk_score > 100", "risk_score > 100 is never true: risk_score is 0–100"],
    ["risk_score > 3m", "risk_score is 0–100; 3m is a time"],
    ["coverage.percent < 0.8", "coverage.percent is 0–100; did you mean 80?"],
    ["diff.files > -1", "diff.files is 0 or more; -1 is outside"],
    ["diff.files < 0", "diff.files < 0 is never true: diff.files is 0 or more"],
    ["history.failure_rate > 5", "history.failure_rate is a share; did you mean 5%?"],
    ["risk_score > 2x_baseline", "risk_score has no baseline; only canary.* names compare with 2x_baseline"],
    [
      "risk_score > 7o",
      "this is not a number; numbers are written like 70, 0.5, 5%, 3m, 300ms or 2x_baseline",
    ],
    ["risk_score > .5", "a number begins with a digit, for example 0.5"],
    ["0 < risk_score < 70", "comparisons do not chain; write them one by one with and between"],
    ["(risk_score > 3", "this parenthesis is not closed"],
    ["risk_score > 3)", "no parenthesis is open here"],
    ["risk_score >", 'expected a value, found "then"'],
    ["and risk_score > 3", 'expected a name such as risk_score, found "and"'],
    [
      "risk_score in_ 3",
      'expected an operator after risk_score, found "in_"; operators are ==, !=, <, <=, >, >=, in and matches',
    ],
    [
      'env is "prod"',
      'expected an operator after env, found "is"; operators are ==, !=, <, <=, >, >=, in and matches',
    ],
    [
      "from_fork AND author_is_bot",
      'expected an operator after from_fork, found "AND"; operators are ==, !=, <, <=, >, >=, in and matches',
    ],
    ["risk_score > 3 env", 'expected and, or or then after the condition, found "env"'],
    [
      "risk_score > 80 and from_fork and risk_score <= 20",
      "this can never be true together with what stands before it, so the rule would never act",
    ],
    [
      'env == "prod" and env == "dev"',
      "this can never be true together with what stands before it, so the rule would never act",
    ],
  ])("%s", (condition, expected) => {
    expect(messagesOf(condition)).toContain(expected);
  });

  test.each([
    ["canary.error_rate > 5", "canary.error_rate is a share; did you mean 5%?"],
    ["canary.error_rate > 1", "canary.error_rate is a share; did you mean 1%?"],
    ["canary.error_rate > 500%", "canary.error_rate is a share, 0–100%; 500% is outside"],
    [
      "canary.error_rate > 2x",
      "this is not a number; numbers are written like 70, 0.5, 5%, 3m, 300ms or 2x_baseline; did you mean 2x_baseline?",
    ],
    ["canary.error_rate > 0x_baseline", "a multiple of the baseline is above 0, for example 2x_baseline"],
    ["canary.error_rate == 2x_baseline", "a multiple of the baseline compares with <, <=, > or >="],
    ["canary.error_rate > 300ms", "canary.error_rate is a share, 0–100%; 300ms is a time"],
    ["burn_rate > 2x_baseline", "burn_rate has no baseline; only canary.* names compare with 2x_baseline"],
    ["elapsed > 5", "elapsed is a time, for example 90s or 5m; did you mean 5m?"],
    ["weight > 0.5", "weight is 0–100; did you mean 50?"],
    ["error_budget_left < 10", "error_budget_left is a share; did you mean 10%?"],
    ["burn_rate > 1 for 3", 'expected a time such as 3m or 90s after for, found "3"; did you mean 3m?'],
    ["burn_rate > 1 for 0s", "for takes whole seconds, from 1s to 1d"],
    ["burn_rate > 1 for 500ms", "for takes whole seconds, from 1s to 1d"],
    ["(burn_rate > 1 for 3m) for 5m", "a for inside a for says nothing more; keep one of them"],
  ])("%s", (condition, expected) => {
    expect(messagesOf(condition)).toEqual([expected]);
  });

  test.each([
    "weight > 0.5%",
    "error_budget_left < -0.5",
    "coverage.delta < -0.5",
    "performance.latency_percent > 0.5",
    "risk_score >= 0",
    'env == "prod" and env == "production"',
    "risk_score > 20 and risk_score < 80",
    "risk_score >= 20 and risk_score <= 20",
    'env in ["a"] and env in ["b"]',
  ])("%s is all right", (condition) => {
    expect(messagesOf(condition)).toEqual([]);
  });

  test("a name that resembles none is answered with all there are", () => {
    const [message = ""] = messagesOf("zzz > 3");
    expect(message).toContain("known at decision time: env, environment, service");
    expect(message).toContain("vulnerabilities.(critical, high, medium)");
    expect(message).toContain("known during a rollout: ");
    expect(message).toContain("canary.(error_rate, success_rate");
  });

  test.each(["__proto__ > 1", "constructor > 1", "toString", "kinds.__proto__"])(
    "%s is an unknown name",
    (condition) => {
      expect(messagesOf(condition)[0]).toMatch(/^unknown name/);
    },
  );
});

describe("actions and phases", () => {
  test.each([
    [
      "risk_score > 3",
      "blok",
      'unknown action "blok"; actions are block, require_approval, allow, force, slow, hold, rollback, notify; did you mean block?',
    ],
    [
      "risk_score > 3",
      "require-approval",
      'unknown action "require-approval"; actions are block, require_approval, allow, force, slow, hold, rollback, notify; did you mean require_approval?',
    ],
    [
      "risk_score > 3",
      "canary",
      'unknown action "canary"; actions are block, require_approval, allow, force, slow, hold, rollback, notify; did you mean force canary?',
    ],
    [
      "risk_score > 3",
      "constructor",
      'unknown action "constructor"; actions are block, require_approval, allow, force, slow, hold, rollback, notify',
    ],
    [
      "risk_score > 3",
      "force canry",
      'unknown strategy "canry"; strategies are rolling, canary, blue-green, cohorts; did you mean canary?',
    ],
    [
      "risk_score > 3",
      "force",
      "expected a strategy after force, found the end of the text; strategies are rolling, canary, blue-green, cohorts",
    ],
    ["risk_score > 3", "notify", 'notify takes the text to send, for example notify "text"'],
    ["risk_score > 3", 'block, notify "x"', "a rule has one action; write a second rule for the other"],
    ["risk_score > 3", "block 5", 'expected the next rule or the end after the action, found "5"'],
    ["risk_score > 3", 'block ""', "a message has 1 to 500 characters"],
    [
      "risk_score > 3",
      "rollback",
      "rollback is no action of the decision; risk_score is known only then; actions then are block, require_approval, allow, force, notify",
    ],
    [
      "canary.crash_loops > 0",
      "block",
      "block is no action of a rollout; canary.crash_loops is known only during one; actions then are slow, hold, rollback, notify",
    ],
    [
      "risk_score > 3 and canary.crash_loops > 0",
      "block",
      "this rule mixes risk_score, which belongs to the decision, with canary.crash_loops, which belongs to the rollout; write two rules",
    ],
    [
      "risk_score > 3 for 3m",
      "hold",
      "this rule mixes risk_score, which belongs to the decision, with for, which belongs to the rollout; write two rules",
    ],
  ])("when %s then %s", (condition, action, expected) => {
    expect(messagesOf(condition, action)).toEqual([expected]);
  });
});

describe("several errors at once", () => {
  test("each rule is read on its own, and a good one among bad ones stands", () => {
    const text = [
      'rule "a": when risk_score > 0.7 and risk_scor > 3 then blok',
      'rule "b: when env == "prod" then block',
      'rule "c": when risk_score > 70 then block',
      "rule when x",
      'rule "d": when',
      'rule "e": when from_fork then hold rule "f": when from_fork then allow',
      'rule "c": when from_fork then block',
      'rule "g": when 70 < risk_score then block',
      "rule",
    ].join("\n");
    expect(firstLines(text)).toEqual([
      "guardrails.rules:1:29: risk_score is 0–100; did you mean 70?",
      'guardrails.rules:1:37: unknown name "risk_scor"; did you mean risk_score?',
      'guardrails.rules:1:56: unknown action "blok"; actions are block, require_approval, allow, force, slow, hold, rollback, notify; did you mean block?',
      'guardrails.rules:2:27: this text has no closing " on its line',
      'guardrails.rules:4:6: expected the rule\'s name in double quotes after rule, found "when"',
      'guardrails.rules:6:1: expected a name such as risk_score, found "rule"',
      "guardrails.rules:6:31: hold is no action of the decision; from_fork is known only then; actions then are block, require_approval, allow, force, notify",
      'guardrails.rules:7:6: the name "c" is taken by the rule on line 3; every rule has its own',
      'guardrails.rules:8:6: this rule says the same as "c" on line 3; keep one of them',
      "guardrails.rules:9:5: expected the rule's name in double quotes after rule, found the end of the text",
    ]);
    expect(parseGuardrails(text, "f").rules.map(({ name }) => name)).toEqual(["c", "f"]);
  });

  test("text before the first rule is one error", () => {
    expect(firstLines('rul "a": when x\nrule "b": when from_fork then block')).toEqual([
      'guardrails.rules:1:1: expected rule "name": when … then …, found "rul"; did you mean rule?',
    ]);
  });

  test("at most fifty are listed", () => {
    expect(errorsOf('rule "a": when x then y\n'.repeat(900))).toHaveLength(50);
  });
});
