import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { readReports } from "../../../adapters/readers/index.ts";

export const fixtures = fileURLToPath(new URL("../../fixtures/reports", import.meta.url));

/** A folder of files that lasts as long as the test. */
export function folderOf(files: { [path: string]: string | Uint8Array }): string {
  const root = mkdtempSync(join(tmpdir(), "reports-"));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** What is read of one report with this content. */
export function readText(content: string | Uint8Array) {
  return readReports(["report"], { root: folderOf({ report: content }) });
}
