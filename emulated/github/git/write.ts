import { createHash, randomUUID } from "node:crypto";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import type { Signature } from "./commit.ts";
import { type Git, GitFailure } from "./git.ts";
import { parseTree, treeContent } from "./tree.ts";

/** Writes blobs, trees and commits as git itself writes them, but without starting half a dozen processes a commit. */

export const noObject = "0".repeat(40);

export type TreeChange = { path: string; mode: string; oid: string | null };
export type Signatures = { author: Signature; committer: Signature };

function writeObject(git: Git, type: "blob" | "tree" | "commit", content: Buffer): string {
  const bytes = Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]);
  const oid = createHash("sha1").update(bytes).digest("hex");
  const inside = existsSync(join(git.folder, ".git")) ? join(git.folder, ".git") : git.folder;
  const folder = join(inside, "objects", oid.slice(0, 2));
  const file = join(folder, oid.slice(2));
  if (existsSync(file)) return oid;
  mkdirSync(folder, { recursive: true });
  // Under another name first, so that nobody reads half an object.
  const begun = join(folder, `tmp_obj_${randomUUID()}`);
  writeFileSync(begun, deflateSync(bytes), { mode: 0o444 });
  renameSync(begun, file);
  return oid;
}

export function writeBlob(git: Git, content: Buffer): string {
  return writeObject(git, "blob", content);
}

/** A tree with the changes laid over another one (or over nothing); a change without an oid removes its path. */
export async function writeTree(git: Git, base: string | null, changes: TreeChange[]): Promise<string> {
  let tree = base;
  for (const change of changes) tree = await lay(git, tree, change.path.split("/"), change);
  if (tree === null) return writeObject(git, "tree", Buffer.alloc(0));
  return (await git.info(`${tree}^{tree}`))?.oid ?? tree;
}

/** Null where nothing is left: git keeps no empty folder. */
async function lay(
  git: Git,
  base: string | null,
  [name = "", ...deeper]: string[],
  change: Omit<TreeChange, "path">,
): Promise<string | null> {
  if (["", ".", "..", ".git"].includes(name)) throw new GitFailure(`No path has a part "${name}".`);
  const entries = base === null ? [] : parseTree((await git.object(`${base}^{tree}`))?.content);
  const now = entries.find((entry) => entry.name === name);
  const kept = entries.filter((entry) => entry !== now);
  const below = now?.type === "tree" ? now.oid : null;
  if (deeper.length > 0 && change.oid === null && below === null) return base;
  const { mode, oid } =
    deeper.length === 0 ? change : { mode: "040000", oid: await lay(git, below, deeper, change) };
  if (oid === null && kept.length === 0) return null;
  return writeObject(git, "tree", treeContent(oid === null ? kept : [...kept, { mode, oid, name }]));
}

export function writeCommit(
  git: Git,
  about: { tree: string; parents: string[]; message: string },
  { author, committer }: Signatures,
): string {
  const lines = [
    `tree ${about.tree}`,
    ...[...new Set(about.parents)].map((parent) => `parent ${parent}`),
    `author ${signed(author)}`,
    `committer ${signed(committer)}`,
  ];
  return writeObject(git, "commit", Buffer.from(`${lines.join("\n")}\n\n${about.message}`));
}

function signed({ name, email, date }: Signature): string {
  const seconds = Math.floor(Date.parse(date) / 1000);
  if (plain(name) === "" || Number.isNaN(seconds)) throw new GitFailure("A commit has a name and a date.");
  return `${plain(name)} <${plain(email)}> ${seconds} +0000`;
}

/** Git drops what would end a name early, and punctuation around it. */
function plain(text: string): string {
  return text.replace(/^[\0- ,:;<>"'\\]+|[\0- ,:;<>"'\\]+$|[\n<>]/g, "");
}
