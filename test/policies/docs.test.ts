import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { folderBundle } from "../../adapters/policy/folder.ts";
import { readConfiguration } from "../../adapters/policy/resolve.ts";
import { runCases } from "../../core/decision/cases.ts";
import { analysisDefaults } from "../../core/policy/analysis-defaults.ts";
import { bundleFiles } from "../../core/policy/bundle/files.ts";
import { analysis, sloProfile } from "../../core/policy/schema.ts";

const page = readFileSync(join(import.meta.dirname, "../../docs/policy.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language = "", text = ""]) => ({
  language,
  text,
}));

/** YAML blocks of the page by the file that their first line names. */
const examples = new Map(
  blocks
    .filter(({ language, text }) => language === "yaml" && !text.includes("\n  model:\n"))
    .map(({ text }) => [
      /^# (\S.*)\n/.exec(text)?.[1] ?? `a block that names no file: ${text.slice(0, 40)}`,
      text,
    ]),
);
/** A second one of its file. */
const withModel = blocks.find(({ text }) => text.includes("\n  model:\n"))?.text ?? "";
const metadata = blocks.find(({ language }) => language === "markdown")?.text ?? "";

describe("docs/policy.md", () => {
  test("has one example of each file that decides", () => {
    expect([...examples.keys()].sort()).toEqual([
      "adaptive-deploy.yml",
      "adaptive-deploy.yml of the repository .github",
      "calendar.yaml",
      "cases.yaml",
      "risk-weights.yaml",
      "services.yaml",
      "strategy-mapping-policy.yaml",
      "thresholds-and-windows.yaml",
    ]);
  });

  test("whose examples together are a bundle without a problem", () => {
    const files = new Map([...examples].filter(([name]) => !name.startsWith("adaptive-deploy.yml")));
    files.set("policy-metadata.md", metadata);
    // The page's services are an example of their own; the calendar names one of another repository.
    files.set(
      "services.yaml",
      `${files.get("services.yaml")}  - { name: status-page, paths: ["status/**"] }\n`,
    );
    const bundle = folderBundle(files, { name: "docs", commit: "docs" });
    expect(bundle.metadata).toContain("extends: regulated");
    const modelled = new Map([...files, ["thresholds-and-windows.yaml", withModel]]);
    const { thresholds } = folderBundle(modelled, { name: "docs", commit: "docs" });
    expect(thresholds.defaults.model?.state).toBe("advisory");
    expect(bundle.guardrails).toContain("failing_tests_stop");
    const schemaCase = runCases(
      { ...bundle, services: undefined, guardrails: "" },
      bundle.cases ?? { "schema-version": 1, cases: [] },
    );
    expect(schemaCase[0]?.faults).toEqual([]);
    expect(schemaCase[1]?.faults).toEqual([]);
  });

  test("whose configuration is read", () => {
    expect(readConfiguration(examples.get("adaptive-deploy.yml"))).toMatchObject({
      ledger: { home: "git-branch" },
    });
    expect(readConfiguration(examples.get("adaptive-deploy.yml of the repository .github"))).toMatchObject({
      policy: "regulated",
    });
  });

  test("lists every key of the analysis and of its profiles, with what holds where it is absent", () => {
    const rows = new Map(
      [...page.matchAll(/^\| `([a-z-]+)` \|(.*)\|$/gm)].map(([, key = "", row = ""]) => [key, row]),
    );
    const keys = [...Object.keys(analysis.shape), ...Object.keys(sloProfile.shape)];
    expect([...keys].filter((key) => !rows.has(key) && key !== "for" && key !== "breach")).toEqual([]);
    for (const [key, value] of Object.entries(analysisDefaults)) {
      const absent = rows.get(key)?.split("|").at(-1) ?? "";
      for (const one of typeof value === "object" ? Object.values(value) : [value])
        expect(absent, key).toContain(`${one}`);
    }
  });

  test("names every file of a bundle", () => {
    for (const file of Object.keys(bundleFiles)) expect(page).toContain(`\`${file}\``);
  });
});
