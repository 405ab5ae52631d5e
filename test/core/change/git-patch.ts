import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";

/** The patch of real git between two texts, hunks only, as the API gives it; empty where they are equal. */
export function gitPatch(before: string, after: string): string {
  const folder = mkdtempSync(join(tmpdir(), "patch-"));
  try {
    writeFileSync(join(folder, "before"), before);
    writeFileSync(join(folder, "after"), after);
    const said = differences(folder);
    return said.includes("\n@@") ? said.slice(said.indexOf("\n@@") + 1) : "";
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function differences(folder: string): string {
  const args = ["diff", "--no-index", "--no-color", "--no-ext-diff", "--", "before", "after"];
  const env = { ...process.env, GIT_CONFIG_NOSYSTEM: "1", GIT_CONFIG_GLOBAL: devNull };
  try {
    return execFileSync("git", args, { cwd: folder, encoding: "utf8", maxBuffer: 1 << 28, env });
  } catch (error) {
    // git ends with 1 where the files differ.
    if (error instanceof Error && "status" in error && error.status === 1 && "stdout" in error)
      return String(error.stdout);
    throw error;
  }
}
