import { describe, expect, test } from "vitest";
import * as z from "zod";
import {
  calendar,
  cases,
  riskWeights,
  strategyMapping,
  thresholdsAndWindows,
} from "../../../../core/policy/schema.ts";
import { parseYamlDocument } from "../../../../core/policy/yaml/document.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";

function problemsOf(text: string, fileName: string, schema: z.ZodType): string[] {
  return parseYamlDocument(text, fileName, schema).problems.map(describeProblem);
}

describe("a valid document", () => {
  const text = "schema-version: 1\ndefaults: { mode: enforced, approval: { from: 85 } }\n";
  const value = { "schema-version": 1, defaults: { mode: "enforced", approval: { from: 85 } } };

  test.each([
    ["plain", text],
    ["with a byte order mark", `\uFEFF${text}`],
    ["with lines of Windows", text.replaceAll("\n", "\r\n")],
    ["with a beginning marker", `---\n${text}`],
    ["as JSON", JSON.stringify(value)],
    ["with an ordinary tag", text.replace("enforced", "!!str enforced")],
  ])("%s is read", (_, written) => {
    expect(parseYamlDocument(written, "t.yaml", thresholdsAndWindows)).toMatchObject({ value, problems: [] });
  });

  test("may repeat a value by an alias", () => {
    const repeated =
      "schema-version: 1\ndefaults: &d\n  peak: { during: block }\nscopes:\n  - match: {}\n    peak: &p { during: pass }\n    freeze: *p\n";
    const { value: read } = parseYamlDocument(repeated, "t.yaml", thresholdsAndWindows);
    expect(read?.scopes?.[0]).toEqual({ match: {}, peak: { during: "pass" }, freeze: { during: "pass" } });
  });

  test("keeps times of day, dates and yes as text", () => {
    const schema = z.strictObject({ a: z.string(), b: z.string(), c: z.string() });
    expect(parseYamlDocument("a: 08:30\nb: 2026-12-24\nc: yes", "t.yaml", schema).value).toEqual({
      a: "08:30",
      b: "2026-12-24",
      c: "yes",
    });
  });
});

describe("problems of thresholds-and-windows.yaml", () => {
  const text = `schema-version: 2
defaults:
  mode: enforce
  aproval: 1
  approval: { from: 101, at: 3 }
  required-facts: x
  quarantine: { during: block, cooldown: 5x }
  peak:
scopes:
  - match: { srv: 1 }
  - 5
  - mode: shadow
`;
  test("are all said, in reading order, with place and remedy", () => {
    expect(problemsOf(text, "thresholds-and-windows.yaml", thresholdsAndWindows)).toEqual([
      "thresholds-and-windows.yaml:1:17: schema-version: must be 1, not 2",
      'thresholds-and-windows.yaml:3:9: mode: "enforce" is not one of shadow, advisory, enforced; did you mean enforced?',
      'thresholds-and-windows.yaml:4:3: unknown key "aproval"; did you mean "approval"? Allowed here: mode, approval, error-budget, vulnerabilities, change-window, peak, freeze, quarantine, windows-driver, required-facts, wait-for, analysis, rollout, model',
      "thresholds-and-windows.yaml:5:21: from: must be at most 100, not 101",
      "thresholds-and-windows.yaml:5:30: at: 3 is not one of start, cut-over",
      'thresholds-and-windows.yaml:6:19: required-facts: must be a list, not "x"',
      "thresholds-and-windows.yaml:7:42: cooldown: a duration is a number and s, m, h or d, for example 90s, 5m or 1h30m",
      "thresholds-and-windows.yaml:8:8: peak: is empty; give a mapping (lines of key: value) or remove it",
      'thresholds-and-windows.yaml:10:14: unknown key "srv"; Allowed here: service, environment',
      "thresholds-and-windows.yaml:11:5: scopes[1]: must be a mapping (lines of key: value), not 5",
      'thresholds-and-windows.yaml:12:5: missing key "match"',
    ]);
  });

  test("stand at the same place after a byte order mark and with lines of Windows", () => {
    const places = (written: string): string[] =>
      problemsOf(written, "t.yaml", thresholdsAndWindows).map((line) => line.split(" ", 1)[0] ?? "");
    expect(places(`\uFEFF${text.replaceAll("\n", "\r\n")}`)).toEqual(places(text));
  });
});

describe("problems of other documents", () => {
  const mapping = (line: string): string => `schema-version: 1\nstrategies: {}\nbands: []\n${line}`;
  test.each<[string, z.ZodType, string, string]>([
    [
      "a name that is none",
      strategyMapping,
      "schema-version: 1\nstrategies:\n  BAD NAME: { kind: rolling, steps: [] }\nbands: []",
      "t.yaml:3:3: BAD NAME: a name is small letters, digits and dashes, begins with a letter and has at most 40 characters",
    ],
    [
      "a kind that is none",
      strategyMapping,
      "schema-version: 1\nstrategies: { a: { kind: roling } }\nbands: []",
      't.yaml:2:26: kind: "roling" is not one of rolling, canary, blue-green, cohorts; did you mean rolling?',
    ],
    [
      "a kind that is missing",
      strategyMapping,
      "schema-version: 1\nstrategies:\n  a: { steps: [] }\nbands: []",
      't.yaml:3:3: missing key "kind"; one of rolling, canary, blue-green, cohorts',
    ],
    [
      "a number in quotes",
      strategyMapping,
      'schema-version: 1\nstrategies: {}\nbands: [{ up-to: "30", strategy: a }]',
      't.yaml:3:18: up-to: must be a number, not "30"; remove the quotes',
    ],
    ["an empty list", strategyMapping, mapping(""), "t.yaml:3:8: bands: must hold at least 1 item"],
    [
      "a name that is too long",
      riskWeights,
      'schema-version: 1\nfactors: { a: { fact: diff.files, curve: { kind: flag, points: 1 }, worst: 0, label: "" } }\ncriticality: { normal: 1, critical: 1 }',
      "t.yaml:2:86: label: must be at least 1 character long",
    ],
    [
      "a key of a closed list",
      riskWeights,
      "schema-version: 1\nfactors: {}\ncriticality: { normal: 1, critical: 1 }\ncaution: { amr: 5 }",
      't.yaml:4:12: unknown key "amr"; did you mean "arm"? Allowed here: linux, windows, arm',
    ],
    [
      "a tuple of the wrong length",
      riskWeights,
      "schema-version: 1\nfactors:\n  a: { fact: diff.files, worst: 0, label: a, curve: { kind: steps, steps: [[1]] } }\ncriticality: { normal: 1, critical: 1 }",
      "t.yaml:3:76: steps[0]: must hold at least 2 items",
    ],
    [
      "a number where text is due",
      riskWeights,
      "schema-version: 1\nfactors: {}\ncriticality: { normal: 1, critical: 1 }\ncounted: [1]",
      "t.yaml:4:11: counted[0]: must be text, not 1; put it in quotes",
    ],
    [
      "a fact below zero",
      cases,
      "schema-version: 1\ncases:\n  - name: a\n    facts: { diff: { files: -1 } }\n    expect: {}",
      "t.yaml:4:29: files: must be at least 0, not -1",
    ],
    [
      "a part of a file",
      cases,
      "schema-version: 1\ncases:\n  - name: a\n    facts: { diff: { files: 1.5 } }\n    expect: {}",
      "t.yaml:4:29: files: must be a whole number, not 1.5",
    ],
    [
      "a count beyond all counting",
      cases,
      "schema-version: 1\ncases:\n  - name: a\n    facts: { diff: { files: 1e300 } }\n    expect: {}",
      "t.yaml:4:29: files: must be at most 9007199254740991, not 1e+300",
    ],
    [
      "neither of two shapes",
      cases,
      "schema-version: 1\ncases:\n  - name: a\n    facts: {}\n    expect: { risk-score: high }",
      't.yaml:5:27: risk-score: must be a number or a mapping (lines of key: value), not "high"',
    ],
    [
      "one of two shapes, misspelt",
      cases,
      "schema-version: 1\ncases:\n  - name: a\n    facts: {}\n    expect: { risk-score: { at-lest: 5 } }",
      't.yaml:5:29: unknown key "at-lest"; did you mean "at-least"? Allowed here: at-least, at-most',
    ],
    [
      "an instant that is none",
      cases,
      'schema-version: 1\ncases: [{ name: a, facts: {}, expect: {}, now: "2020" }]',
      't.yaml:2:48: now: "2020" is not an instant such as 2026-03-02T14:00:00Z or 2026-03-02T14:00:00+01:00',
    ],
    [
      "a list as the whole",
      calendar,
      "- a",
      "t.yaml:1:1: must be a mapping (lines of key: value), not a list",
    ],
    ["nothing", calendar, "# nothing\n", "t.yaml: the file is empty; remove it or fill it in"],
    ["a bare word", calendar, "hello", 't.yaml:1:1: must be a mapping (lines of key: value), not "hello"'],
  ])("%s", (_, schema, text, expected) => {
    expect(problemsOf(text, "t.yaml", schema)).toContain(expected);
  });
});

test("a thousand faults are cut to the first ones", () => {
  const text = `schema-version: 1\n${Array.from({ length: 1000 }, (_, index) => `k${index}: 1`).join("\n")}`;
  const problems = problemsOf(text, "t.yaml", calendar);
  expect(problems.length).toBeLessThan(60);
  expect(problems.at(-1)).toMatch(/^t\.yaml: and \d+ more; mend the first ones$/);
});
