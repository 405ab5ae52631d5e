import type { Git } from "./git.ts";

export type FileDiff = {
  path: string;
  previousPath?: string;
  status: "added" | "removed" | "modified" | "renamed" | "changed";
  oid: string;
  additions: number;
  deletions: number;
  binary: boolean;
  /** Hunks only, from the first `@@`; absent for binary files, pure renames and empty files. */
  patch?: string;
};

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";
const statuses: Record<string, FileDiff["status"]> = {
  A: "added",
  D: "removed",
  M: "modified",
  R: "renamed",
  T: "changed",
};

function parseRaw(fields: string[]): FileDiff[] {
  const files: FileDiff[] = [];
  for (let at = 0; at < fields.length; ) {
    const header = fields[at];
    if (!header?.startsWith(":")) break;
    const [, , oldOid = "", newOid = "", letter = ""] = header.split(" ");
    const status = statuses[letter.charAt(0)] ?? "modified";
    const first = fields[at + 1] ?? "";
    const renamed = status === "renamed";
    files.push({
      path: renamed ? (fields[at + 2] ?? "") : first,
      ...(renamed ? { previousPath: first } : {}),
      status,
      oid: status === "removed" ? oldOid : newOid,
      additions: 0,
      deletions: 0,
      binary: false,
    });
    at += renamed ? 3 : 2;
  }
  return files;
}

function addCounts(files: FileDiff[], fields: string[]): void {
  let at = 0;
  for (const file of files) {
    const [additions = "0", deletions = "0"] = (fields[at] ?? "").split("\t");
    file.binary = additions === "-";
    file.additions = Number(additions) || 0;
    file.deletions = Number(deletions) || 0;
    at += file.previousPath === undefined ? 1 : 3;
  }
}

/** Patches come in the order of the raw lines; a change of type is written as a deletion and an addition. */
function addPatches(files: FileDiff[], text: string): void {
  const pieces = `\n${text}`.split("\ndiff --git ").slice(1);
  let at = 0;
  for (const file of files) {
    const piece = pieces[at] ?? "";
    const start = piece.indexOf("\n@@ ");
    if (start >= 0) file.patch = piece.slice(start + 1).replace(/\n$/, "");
    at += file.status === "changed" ? 2 : 1;
  }
}

const renames = ["-M", "-l0", "--no-color", "--no-ext-diff", "--no-textconv"];

/** What changed between two trees (or commits); `null` on the left is the empty tree. */
export async function diffTrees(
  git: Git,
  left: string | null,
  right: string,
  more: { patches: boolean } = { patches: true },
): Promise<FileDiff[]> {
  const range = [left ?? emptyTree, right];
  const [raw, patches] = await Promise.all([
    git.lasting([
      "diff-tree",
      "-r",
      "-z",
      "--raw",
      "--numstat",
      "--full-index",
      "--abbrev=40",
      ...renames,
      ...range,
    ]),
    more.patches ? git.lasting(["diff-tree", "-r", "-p", ...renames, ...range]) : undefined,
  ]);
  const fields = raw.split("\0");
  const files = parseRaw(fields);
  const rawFields = files.reduce((sum, file) => sum + (file.previousPath === undefined ? 2 : 3), 0);
  addCounts(files, fields.slice(rawFields));
  if (patches) addPatches(files, patches);
  return files;
}

export function diffText(git: Git, left: string | null, right: string): Promise<string> {
  return git.lasting(["diff-tree", "-r", "-p", ...renames, left ?? emptyTree, right]);
}
