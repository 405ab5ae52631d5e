import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseGuardrails } from "../../../../core/policy/guardrails/index.ts";

const errorsOf = (text: string) => parseGuardrails(text, "guardrails.rules").errors;
const firstLines = (text: string) => errorsOf(text).map((error) => error.text.split("\n")[0]);
const messagesOf = (condition: string, action = 'notify "x"') =>
  errorsOf(`rule "r": when ${condition} then ${action}`).map((error) => error.message);

describe("hostile text", () => {
  test("a rule that nests too deep is one error, and the next rule is read", () => {
    for (const open of ["(", "not "]) {
      const deep = `rule "deep": when ${open.repeat(60_000)}from_fork then block\nrule "next": when from_fork then block`;
      const { rules, errors } = parseGuardrails(deep, "f");
      expect(errors.map(({ message }) => message)).toEqual([
        "conditions nest at most 64 deep; split this rule into several",
      ]);
      expect(rules.map(({ name }) => name)).toEqual(["next"]);
    }
  });

  test("64 deep is allowed", () => {
    expect(messagesOf(`${"(".repeat(64)}from_fork${")".repeat(64)}`)).toEqual([]);
    expect(messagesOf(`${"(".repeat(65)}from_fork${")".repeat(65)}`)).toHaveLength(1);
  });

  test("size and number of rules have a cap", () => {
    expect(errorsOf(" ".repeat(256 * 1024))).toEqual([]);
    expect(firstLines(" ".repeat(256 * 1024 + 1))).toEqual([
      "guardrails.rules:1:1: guardrails are at most 256 KiB long; split the bundle by service or drop rules",
    ]);
    const rules = Array.from(
      { length: 1001 },
      (_, index) => `rule "${index}": when diff.files > ${index} then block`,
    );
    expect(errorsOf(rules.slice(0, 1000).join("\n"))).toEqual([]);
    expect(firstLines(rules.join("\n"))).toEqual([
      "guardrails.rules:1001:1: a file holds at most 1000 rules",
    ]);
  });

  test.each([
    ["a name of 200 KiB", `rule "r": when ${"a".repeat(200_000)} > 1 then block`],
    ["a number of 200 KiB", `rule "r": when risk_score > ${"1".repeat(200_000)} then block`],
    ["a list without end", `rule "r": when env in [${'"a",'.repeat(60_000)}`],
    ["a text without end", `rule "r": when env == "${"\\\\".repeat(100_000)}`],
    ["one long condition", `rule "r": when ${"from_fork or ".repeat(18_000)}x then block`],
    ["only quotes", '"'.repeat(250_000)],
    ["only rules", "rule ".repeat(50_000)],
    ["one line of astral letters", "𝒳".repeat(100_000)],
  ])("%s: short errors, soon", (_, text) => {
    const errors = errorsOf(text);
    expect(errors.length).toBeGreaterThan(0);
    for (const error of errors) expect(error.text.length).toBeLessThan(3000);
  });

  test("what steers a terminal reaches no error", () => {
    const text = 'rule "r": when \u001b[31mred\u001b[0m == "\u202Eevil" then block';
    const errors = errorsOf(text);
    expect(errors).toHaveLength(1);
    for (const character of ["\u001b", "\u202E"]) expect(errors[0]?.text).not.toContain(character);
  });

  test.each(["\u0007", "\u202E", "\u200B", "\u2028", "\ud800"])("a text may not hold %j", (character) => {
    expect(messagesOf(`env == "a${character}b"`)).toEqual([
      "this text holds a character that cannot be seen",
    ]);
  });

  test("only a quote and a backslash are escaped", () => {
    expect(messagesOf('env == "a\\n"')).toEqual(['after a backslash only " or another backslash may stand']);
  });

  test("any text is either rules or errors with a place in it, and never an exception", () => {
    const piece = fc.constantFrom(
      "rule",
      '"a"',
      ":",
      "when",
      "then",
      "and",
      "or",
      "not",
      "(",
      ")",
      "risk_score",
      "canary.error_rate",
      ">",
      "==",
      "70",
      "5%",
      "3m",
      "2x_baseline",
      "in",
      "[",
      "]",
      ",",
      "for",
      "matches",
      "block",
      "force",
      "canary",
      "notify",
      '"',
      "\\",
      "\n",
      "#",
      "=",
      "é",
      "\u0000",
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 40 }).map((pieces) => pieces.join(" ")),
      fc.string({ unit: "binary", maxLength: 60 }),
    );
    fc.assert(
      fc.property(text, (written) => {
        const lines = written.split("\n");
        for (const { line, column } of errorsOf(written)) {
          expect(line).toBeLessThanOrEqual(lines.length);
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
