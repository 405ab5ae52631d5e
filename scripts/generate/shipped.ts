import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Texts of the shipped bundles, so that a built Action carries them in its one file. */
export function shippedFiles(root: string): Record<string, Record<string, string>> {
  const policies = join(root, "policies");
  const bundles = readdirSync(policies)
    .filter((name) => name !== "schema" && statSync(join(policies, name)).isDirectory())
    .sort();
  return Object.fromEntries(bundles.map((name) => [name, textsOf(join(policies, name))]));
}

function textsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder).filter(isPartOfBundle).sort();
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n")]),
  );
}

/** A snippet on its way into another file, or an editor's leavings, are not shipped. */
function isPartOfBundle(file: string): boolean {
  return file !== "kinds-snippet.yaml" && !file.startsWith(".");
}

export const shippedFilesPath = "adapters/policy/shipped.json";

export function shippedFilesText(root: string): string {
  return `${JSON.stringify(shippedFiles(root), null, 2)}\n`;
}
