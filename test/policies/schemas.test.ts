import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { shippedBundleNames } from "../../adapters/policy/shipped.ts";
import { documents, schemaFiles, schemaFolder, schemaText } from "../../scripts/generate/schemas.ts";

const root = join(import.meta.dirname, "../..");
const ajv = new Ajv({ allErrors: true });
addFormats.default(ajv);
const validators = new Map<string, ValidateFunction>();
for (const name of Object.keys(documents)) validators.set(name, ajv.compile(JSON.parse(schemaText(name))));
const faultsOf = (name: string, document: unknown): string => {
  const validate = validators.get(name);
  if (validate === undefined) return `there is no schema ${name}`;
  return validate(document) ? "" : ajv.errorsText(validate.errors);
};

describe("the generated schemas", () => {
  test.each([...schemaFiles()])("%s is up to date", (path, text) => {
    expect(readFileSync(join(root, path), "utf8"), "run npm run generate").toBe(text);
  });

  test("are all that lies in the folder", () => {
    const files = readdirSync(join(root, schemaFolder)).map((file) => `${schemaFolder}/${file}`);
    expect(files.sort()).toEqual([...schemaFiles().keys()].sort());
  });

  test.each(Object.keys(documents))("%s tells an editor what each key is for", (name) => {
    const { properties } = JSON.parse(schemaText(name));
    const silent = Object.keys(properties).filter(
      (key) => !["$schema"].includes(key) && !hasHelp(properties[key]),
    );
    // The documents for machines are explained in docs/; of those for people every key is.
    if (!name.startsWith("risk-") || name === "risk-weights") expect(silent).toEqual([]);
  });
});

function hasHelp(schema: { description?: string }): boolean {
  return (schema.description ?? "").length > 5;
}

describe.each(shippedBundleNames)("the files of %s", (name) => {
  const folder = join(root, "policies", name);
  const files = readdirSync(folder).filter((file) => documents[file.replace(/\.yaml$/, "")] !== undefined);
  test.each(files)("%s fits its schema", (file) => {
    expect(faultsOf(file.replace(/\.yaml$/, ""), parse(readFileSync(join(folder, file), "utf8")))).toBe("");
  });
});

describe("the schemas refuse what the reader refuses", () => {
  test.each([
    ["thresholds-and-windows", { "schema-version": 1, defaults: { aproval: {} } }],
    ["thresholds-and-windows", { "schema-version": 1, defaults: { mode: "enforce" } }],
    ["thresholds-and-windows", { "schema-version": 2, defaults: {} }],
    [
      "strategy-mapping-policy",
      { "schema-version": 1, strategies: { a: { kind: "roling", steps: [] } }, bands: [] },
    ],
    [
      "risk-weights",
      { "schema-version": 1, factors: { "BAD NAME": {} }, criticality: { normal: 1, critical: 1 } },
    ],
    ["calendar", { "schema-version": 1 }],
    ["services", { "schema-version": 1, services: [{ name: "a", paths: [] }] }],
    ["cases", { "schema-version": 1, cases: [{ name: "a", facts: { diff: { files: -1 } }, expect: {} }] }],
    ["adaptive-deploy", { "schema-version": 1, polcy: "default" }],
    ["risk-inputs", { schema_version: 1, diff: { files: "many" } }],
    ["risk-decision", {}],
  ])("%s: %j", (name, document) => {
    expect(faultsOf(name, document)).not.toBe("");
  });
});
