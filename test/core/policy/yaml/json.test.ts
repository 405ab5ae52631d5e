import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { thresholdsAndWindows } from "../../../../core/policy/schema.ts";
import { parseYamlDocument } from "../../../../core/policy/yaml/document.ts";
import { readShortestJson } from "../../../../core/policy/yaml/json.ts";
import { describeProblem } from "../../../../core/policy/yaml/problem.ts";

describe("left to the reader of YAML is", () => {
  test.each([
    ["YAML", "a: 1"],
    ["JSON that is spaced", '{ "a": 1 }'],
    ["a key given twice", '{"a":1,"a":2}'],
    ["a number without end", '{"a":1e999}'],
    ["a number that is not exact", '{"a":12345678901234567890}'],
    ["__proto__", '{"__proto__":{"a":1}}'],
    ["what nests too deep", `${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}`],
    ["broken JSON", '{"a":'],
    ["a list", "[1]"],
    ["nothing", ""],
  ])("%s", (_, text) => {
    expect(readShortestJson(text)).toBeUndefined();
  });
});

test("JSON in its shortest form means the same as it means in YAML", () => {
  const schema = z.record(z.string(), z.unknown());
  const key = fc.string().filter((word) => word !== "__proto__" && word !== "<<" && word.length < 200);
  const value = fc.dictionary(key, fc.jsonValue({ maxDepth: 4 }), { minKeys: 1 });
  fc.assert(
    fc.property(value, (document) => {
      const text = JSON.stringify(document);
      fc.pre(!text.includes('"<<"') && readShortestJson(text) !== undefined);
      expect(parseYamlDocument(text, "t.yaml", schema).value).toEqual(
        parseYamlDocument(` ${text}`, "t.yaml", schema).value,
      );
    }),
  );
});

describe("problems of JSON in its shortest form", () => {
  const text = '{"schema-version":1,"defaults":{"mode":"advisory"}}';
  test("have the places that they have in YAML", () => {
    const { problems } = parseYamlDocument(
      text.replace("advisory", "enforce"),
      "t.yaml",
      thresholdsAndWindows,
    );
    expect(problems.map(describeProblem)).toEqual([
      't.yaml:1:40: mode: "enforce" is not one of shadow, advisory, enforced; did you mean enforced?',
    ]);
  });
  test("between documents have them too", () => {
    const { problemAt } = parseYamlDocument(text, "t.yaml", thresholdsAndWindows);
    expect(describeProblem(problemAt(["defaults", "mode"], "no"))).toBe("t.yaml:1:40: no");
  });
});
