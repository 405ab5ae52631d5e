import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

/**
 * The shipped bundles, so that a built Action carries them in its one file. YAML is in its shortest form as JSON, which
 * the reader takes at once; its comments are for people, in policies/.
 */
export function shippedFiles(root: string): Record<string, Record<string, string>> {
  const policies = join(root, "policies");
  const bundles = readdirSync(policies)
    .filter((name) => name !== "schema" && statSync(join(policies, name)).isDirectory())
    .sort();
  return Object.fromEntries(bundles.map((name) => [name, textsOf(join(policies, name))]));
}

function textsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder)
    .filter((file) => !file.startsWith("."))
    .sort();
  const textOf = (file: string): string => {
    const text = readFileSync(join(folder, file), "utf8").replaceAll("\r\n", "\n");
    return file.endsWith(".yaml") ? JSON.stringify(parse(text)) : text;
  };
  return Object.fromEntries(files.map((file) => [file, textOf(file)]));
}

export const shippedFilesPath = "adapters/policy/shipped.json";

export function shippedFilesText(root: string): string {
  return `${JSON.stringify(shippedFiles(root), null, 2)}\n`;
}
