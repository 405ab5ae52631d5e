import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Git } from "./git.ts";

/** Writes to a real repository: blobs, trees, commits and compare-and-swap of refs. */

export const noObject = "0".repeat(40);

export type TreeChange = { path: string; mode: string; oid: string | null };

export async function writeBlob(git: Git, content: Buffer): Promise<string> {
  return git.text(["hash-object", "-w", "--stdin"], { input: content });
}

/** A tree with the changes laid over another one (or over nothing); a change without an oid removes its path. */
export async function writeTree(git: Git, base: string | null, changes: TreeChange[]): Promise<string> {
  const index = join(tmpdir(), `emulated-github-index-${randomUUID()}`);
  const env = { GIT_INDEX_FILE: index };
  try {
    await git.run(base === null ? ["read-tree", "--empty"] : ["read-tree", base], { env });
    // Whole subtrees are read in at their prefix, which update-index cannot do.
    for (const change of changes.filter((one) => one.mode === "040000" && one.oid))
      await git.run(["read-tree", `--prefix=${change.path}/`, change.oid ?? ""], { env });
    const lines = changes
      .filter((one) => one.mode !== "040000" || one.oid === null)
      .map((one) =>
        one.oid === null ? `0 ${noObject}\t${one.path}` : `${one.mode} ${one.oid}\t${one.path}`,
      );
    await git.run(["update-index", "--add", "-z", "--index-info"], {
      env,
      input: lines.map((line) => `${line}\0`).join(""),
    });
    return await git.text(["write-tree"], { env });
  } finally {
    await rm(index, { force: true });
  }
}

export async function writeCommit(
  git: Git,
  about: { tree: string; parents: string[]; message: string },
  env: Record<string, string>,
): Promise<string> {
  const parents = about.parents.flatMap((parent) => ["-p", parent]);
  return git.text(["commit-tree", about.tree, ...parents], { env, input: about.message });
}

/** Moves a ref from exactly `from` (or from not being there) in one atomic step; false where another was first. */
export async function moveRef(git: Git, ref: string, to: string, from: string): Promise<boolean> {
  try {
    await git.run(["update-ref", "--no-deref", ref, to, from]);
    return true;
  } catch {
    return false;
  }
}
