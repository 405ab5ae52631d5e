import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { thresholdsAndWindows } from "../../../../core/policy/schema.ts";
import { parseYamlDocument } from "../../../../core/policy/yaml/document.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";

const largest = 64 * 1024;
const problemsOf = (text: string): string[] =>
  parseYamlDocument(text, "t.yaml", thresholdsAndWindows).problems.map(describeProblem);
const filled = (part: string): string => part.repeat(Math.floor(largest / part.length));

function laughs(levels: number): string {
  const line = (level: number): string =>
    `a${level}: &a${level} [${Array(9)
      .fill(`*a${level - 1}`)
      .join(", ")}]`;
  return ["a0: &a0 [x, x, x]", ...Array.from({ length: levels }, (_, level) => line(level + 1))].join("\n");
}
function deepAliases(levels: number): string {
  return [
    "a0: &a0 [x]",
    ...Array.from({ length: levels }, (_, level) => `a${level + 1}: &a${level + 1} [*a${level}]`),
  ].join("\n");
}
function staircase(item: string): string {
  return Array.from({ length: 600 }, (_, depth) => `${" ".repeat(depth)}${item}`).join("\n");
}

describe("what would cost more than it is worth is refused with its place", () => {
  test.each([
    [
      "five megabytes",
      "a".repeat(5_000_000),
      "t.yaml: the file is 4883 KiB; at most 256 KiB are read. Split it or shorten it",
    ],
    [
      "an alias bomb",
      laughs(30),
      /^t\.yaml:\d+:\d+: aliases repeat more than 5000 values by here; write the values out$/,
    ],
    [
      "aliases that nest ever deeper",
      deepAliases(200),
      /^t\.yaml:\d+:\d+: nested deeper than 40 levels; flatten it$/,
    ],
    ["an alias of itself", "defaults: &a [*a]", "t.yaml:1:15: *a repeats the very value that it stands in"],
    [
      "an alias of nothing",
      "defaults: *nothing",
      "t.yaml:1:11: *nothing repeats nothing: no &nothing stands above it",
    ],
    [
      "a sequence of 100,000 levels",
      "[".repeat(100_000),
      "t.yaml:1:41: nested deeper than 40 levels; flatten it",
    ],
    ["a mapping of 60,000 levels", "{a: ".repeat(60_000), /nested deeper than 40 levels/],
    ["block sequences in one line", filled("- "), /nested deeper than 40 levels/],
    ["complex keys in one line", filled("? "), /nested deeper than 40 levels/],
    ["a staircase of mappings", staircase("a:"), /nested deeper than 40 levels/],
    ["a staircase of sequences", staircase("-"), /nested deeper than 40 levels/],
  ])("%s", (_, text, expected) => {
    expect(problemsOf(text)[0]).toMatch(expected);
  });
});

describe("what YAML allows and a policy does not need is refused with its place", () => {
  test.each([
    [
      "a key given twice",
      "schema-version: 1\nschema-version: 1",
      't.yaml:2:1: the key "schema-version" is given twice; keep one',
    ],
    [
      "__proto__",
      "defaults:\n  __proto__: { mode: enforced }",
      't.yaml:2:3: the key "__proto__" is refused; choose another name',
    ],
    [
      "__proto__ in quotes",
      'defaults: { "__proto__": 1 }',
      't.yaml:1:13: the key "__proto__" is refused; choose another name',
    ],
    [
      "a merge key",
      "defaults: &d { mode: shadow }\nscopes: [{ <<: *d }]",
      't.yaml:2:12: merge keys ("<<") are not read here; repeat the lines',
    ],
    [
      "a tag of a language",
      "defaults: !ruby/object:X {}",
      't.yaml:1:26: tags such as "!ruby/object:X" are not read here; remove it',
    ],
    [
      "binary",
      "defaults: !!binary aGk=",
      /^t\.yaml:1:20: tags such as "tag:yaml\.org,2002:binary" are not read here/,
    ],
    [
      "another YAML",
      "%YAML 1.1\n---\ndefaults: {}",
      "t.yaml:1:1: directives such as %YAML and %TAG are not read here; remove the line",
    ],
    ["two documents", "a: 1\n---\nb: 2", "t.yaml:2:1: a second document begins here; keep one, without ---"],
    [
      "a tab as indentation",
      "defaults:\n\tmode: shadow",
      "t.yaml:2:1: a tab is used as indentation; indent with spaces",
    ],
    ["a list as a key", "? [a, b]\n: c", "t.yaml:1:3: a key is a single word or a text in quotes here"],
    [
      "not a number",
      "defaults: { approval: { from: .nan } }",
      "t.yaml:1:31: .nan is not a number that can be used here; give a finite one",
    ],
    [
      "without end",
      "defaults: { approval: { from: -.inf } }",
      "t.yaml:1:31: -.inf is not a number that can be used here; give a finite one",
    ],
    [
      "too large for a number",
      "defaults: { approval: { from: 1e999 } }",
      "t.yaml:1:31: 1e999 is not a number that can be used here; give a finite one",
    ],
    ["a list that does not end", "defaults: [1", /^t\.yaml:1:13: /],
    ["a text that does not end", 'defaults: "x', /^t\.yaml:1:1\d: this is not YAML: /],
    [
      "a negative threshold",
      "schema-version: 1\ndefaults: { approval: { from: -1 } }",
      "t.yaml:2:31: from: must be at least 0, not -1",
    ],
    [
      "a key that only looks like one",
      "schema-version: 1\ndefaults: { mоde: shadow }",
      't.yaml:2:13: unknown key "mоde"; did you mean "mode"? Allowed here: mode',
    ],
    [
      "a terminal's colours",
      'schema-version: 1\ndefaults: { mode: "\\e[31mred" }',
      't.yaml:2:19: mode: "\\u001b[31mred" is not one of shadow, advisory, enforced',
    ],
    [
      "text that runs backwards",
      "schema-version: 1\ndefaults: { \u202Eedom: shadow }",
      't.yaml:2:13: unknown key "\\u202eedom"',
    ],
  ])("%s", (_, text, expected) => {
    const [first = ""] = problemsOf(text);
    if (typeof expected === "string") expect(first.slice(0, expected.length)).toBe(expected);
    else expect(first).toMatch(expected);
  });
});

describe("64 KiB of anything end in problems or a value, never in an exception", () => {
  const parts = [
    "{",
    "}",
    "]",
    ": ",
    "&a ",
    "!!str ",
    "*a ",
    "---\n",
    "...\n",
    "%A\n",
    "#\n",
    "\n",
    "\r",
    "\t",
    '"',
    "'",
    "|\n",
    "a b ",
    "[],",
    "a:\n",
    "a: b: c\n",
    "@",
    "\0",
    "-\n",
    "😀",
    "\uD800",
    '"\\x"',
  ];
  test.each(parts)("%j", (part) => {
    const { value, problems } = parseYamlDocument(filled(part), "t.yaml", thresholdsAndWindows);
    expect(value).toBeUndefined();
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) expect(describeProblem(problem).length).toBeLessThan(1000);
  });
});

test("any text is a value or problems with places inside of it", () => {
  const words = fc.constantFrom(
    "schema-version: 1",
    "defaults:",
    "  mode: shadow",
    "- ",
    "[",
    "]",
    "{",
    "}",
    "&a",
    "*a",
    "!!str",
    '"',
    "'",
    "|",
    "\n",
    "\n",
    "\n  ",
    "#",
    "x: ",
    "\t",
    "\u2028",
    "é",
  );
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join("")),
  );
  fc.assert(
    fc.property(text, (source) => {
      const { value, problems } = parseYamlDocument(source, "t.yaml", thresholdsAndWindows);
      expect(value === undefined).toBe(problems.length > 0);
      const lines = source.split("\n").length;
      for (const { line } of problems) expect(line ?? 1).toBeLessThanOrEqual(lines);
    }),
    { numRuns: 2000 },
  );
});
