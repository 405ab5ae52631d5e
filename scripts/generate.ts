import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolloutDeclaration } from "../actions/rollout/declaration.ts";
import { permissionsPage } from "../app/setup/permissions.ts";
import { guardrailActionsTable, guardrailNamesTable } from "../core/policy/guardrails/index.ts";
import { actionYaml, declarations, tableParts, withGenerated } from "./generate/actions.ts";
import { schemaFiles } from "./generate/schemas.ts";
import { shippedFilesPath, shippedFilesText } from "./generate/shipped.ts";
import { telemetryErrorsTable, telemetrySetsTable } from "./generate/telemetry.ts";

/** Everything that is made from a declaration: written by `npm run generate`, compared by `npm run generate -- --check`. */
const root = join(import.meta.dirname, "..");

/** Documents that hold generated tables between markers. */
const documents = [
  "README.md",
  "docs/guardrails.md",
  "docs/permissions.md",
  "docs/telemetry.md",
  "actions/decide/README.md",
  "actions/collect/README.md",
  "actions/analyze/README.md",
  "actions/canary-step/README.md",
  "actions/rollback/README.md",
  "actions/shadow/README.md",
  "actions/learn/README.md",
  "docs/rollout.md",
];

export function generatedFiles(): Map<string, string> {
  const files = new Map([...schemaFiles(), [shippedFilesPath, shippedFilesText(root)] as const]);
  for (const declaration of declarations)
    files.set(`actions/${declaration.name}/action.yml`, actionYaml(declaration, "index.js"));
  files.set("action.yml", actionYaml(rolloutDeclaration, "rollout/index.js", true));
  const parts = {
    ...tableParts(),
    "guardrail names": guardrailNamesTable(),
    "guardrail actions": guardrailActionsTable(),
    permissions: permissionsPage(),
    "telemetry sets": telemetrySetsTable(root),
    "telemetry errors": telemetryErrorsTable(),
  };
  for (const path of documents) {
    const text = current(path);
    if (text !== undefined) files.set(path, withGenerated(text, parts));
  }
  return files;
}

if (import.meta.main) {
  const check = process.argv.includes("--check");
  const stale = [...generatedFiles()].filter(([path, text]) => current(path) !== text);
  for (const [path, text] of stale) {
    if (check) console.error(`${path} is not what its declaration says; run npm run generate.`);
    else {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
      console.log(`wrote ${path}`);
    }
  }
  if (check && stale.length) process.exitCode = 1;
}

function current(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), "utf8");
  } catch {
    return undefined;
  }
}
