import { UserError } from "../../core/errors.ts";
import type { Git } from "./open.ts";

export type FolderEntry = {
  name: string;
  kind: "file" | "folder" | "link" | "submodule";
  object: string;
  /** Size in bytes of a file or link. */
  bytes?: number;
};

const mostShownBytes = 16 * 1024 * 1024;
/** Windows allows 32 KiB for all arguments of a process. */
const mostArgumentCharacters = 16_000;

/** Content of a file at a commit; undefined where there is none. A link or folder in its place is a fault. */
export async function showFile(git: Git, commit: string, path: string): Promise<string | undefined> {
  const entry = (await entriesAt(git, commit, [path])).find((one) => one.name === path);
  if (!entry) return undefined;
  if (entry.kind !== "file") {
    throw new UserError(
      "not-a-file",
      `${JSON.stringify(path)} at ${commit.slice(0, 12)} is a ${entry.kind}; adaptive-deploy reads plain files only. Put a file there.`,
    );
  }
  if ((entry.bytes ?? 0) > mostShownBytes) {
    throw new UserError(
      "file-too-large",
      `${JSON.stringify(path)} at ${commit.slice(0, 12)} has ${entry.bytes} bytes; at most ${mostShownBytes} are read.`,
    );
  }
  const answer = await git.answer(["cat-file", "blob", entry.object], { maximumBytes: mostShownBytes + 1 });
  return answer.stdout;
}

/** What stands directly in a folder ("" for the root) at a commit; undefined where there is no such folder. */
export async function listFolder(git: Git, commit: string, path: string): Promise<FolderEntry[] | undefined> {
  const folder = path.replace(/\/+$/, "");
  if (folder === "") return readEntries(git, [commit, "--"]);
  const own = (await entriesAt(git, commit, [folder])).find((one) => one.name === folder);
  return own?.kind === "folder" ? readEntries(git, [own.object, "--"]) : undefined;
}

/** Contents of those of the paths that are plain files of at most `mostBytes`; the others are left out. */
export async function readFiles(
  git: Git,
  commit: string,
  paths: readonly string[],
  mostBytes: number,
): Promise<Map<string, string>> {
  const found: FolderEntry[] = [];
  for (const some of inChunks(paths)) {
    const entries = await entriesAt(git, commit, some);
    found.push(...entries.filter((entry) => entry.kind === "file" && (entry.bytes ?? 0) <= mostBytes));
  }
  const wanted = new Set(paths);
  const contents = new Map<string, string>();
  for (const entry of found) {
    if (!wanted.has(entry.name)) continue;
    contents.set(entry.name, (await git.answer(["cat-file", "blob", entry.object])).stdout);
  }
  return contents;
}

function entriesAt(git: Git, commit: string, paths: readonly string[]): Promise<FolderEntry[]> {
  return readEntries(git, [commit, "--", ...paths]);
}

async function readEntries(git: Git, args: readonly string[]): Promise<FolderEntry[]> {
  const answer = await git.answer(["ls-tree", "-z", "-l", "--full-tree", ...args]);
  return answer.stdout.split("\0").flatMap((line) => entryOf(line) ?? []);
}

/** The size reads "BAD" where the object is missing; asking for it then tells the fault. */
const entryLine = /^(\d{6}) (\w+) ([0-9a-f]+) +(-|\d+|BAD)\t/;

function entryOf(line: string): FolderEntry | undefined {
  const [all = "", mode, type, object = "", bytes = ""] = entryLine.exec(line) ?? [];
  if (all === "") return undefined;
  const kind =
    type === "tree" ? "folder" : type === "commit" ? "submodule" : mode === "120000" ? "link" : "file";
  return {
    name: line.slice(all.length),
    kind,
    object,
    ...(/^\d/.test(bytes) ? { bytes: Number(bytes) } : {}),
  };
}

function inChunks(paths: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let size = mostArgumentCharacters;
  for (const path of paths) {
    size += path.length + 3;
    if (size > mostArgumentCharacters) {
      chunks.push([]);
      size = path.length;
    }
    chunks.at(-1)?.push(path);
  }
  return chunks;
}
