import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  format,
  guardrailActionsTable,
  guardrailNamesTable,
  namesIn,
  parseGuardrails,
} from "../../../../core/policy/guardrails/index.ts";

const page = readFileSync(join(import.meta.dirname, "../../../../docs/guardrails.md"), "utf8");
const blocks = (language: string) =>
  [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)]
    .filter(([, name]) => name === language)
    .map(([, , text]) => text ?? "");
const generated = (name: string) =>
  page.split(`<!-- generated: ${name} -->\n`)[1]?.split(`\n<!-- end: ${name} -->`)[0];

describe("docs/guardrails.md", () => {
  test.each(blocks("rules").map((text, index) => [index + 1, text] as const))(
    "rules block %d parses",
    (_, text) => {
      const { rules, errors } = parseGuardrails(text, "docs/guardrails.md");
      expect(errors.map((error) => error.text)).toEqual([]);
      expect(rules.length).toBeGreaterThan(1);
      for (const rule of rules)
        expect(parseGuardrails(format(rule), "again").rules.map(format)).toEqual([format(rule)]);
    },
  );

  test("the errors that it shows are the ones that come", () => {
    const [shown = ""] = blocks("text");
    const lines = shown
      .split("\n")
      .filter((line) => line.startsWith("  rule "))
      .map((line) => line.trim());
    const { errors } = parseGuardrails([...new Set(lines)].join("\n"), "guardrails.rules");
    expect(`${errors.map((error) => error.text).join("\n")}\n`).toBe(shown);
    expect(errors.length).toBeGreaterThan(2);
  });

  test("its tables are the registries'", () => {
    expect(generated("guardrail names")).toBe(guardrailNamesTable());
    expect(generated("guardrail actions")).toBe(guardrailActionsTable());
    for (const name of [...namesIn("decision"), ...namesIn("rollout")])
      expect(guardrailNamesTable()).toContain(`\n| \`${name}\``);
  });
});
