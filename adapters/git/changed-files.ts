import { parseNumstat, parseRaw, type RawFile } from "./log.ts";
import type { Git } from "./open.ts";

export type GitChange = RawFile & {
  /** Undefined for a binary file. */
  additions?: number;
  deletions?: number;
};
export type GitChanges = {
  files: GitChange[];
  /** Said where not every file is in the list. */
  incomplete?: string;
};

const mostFiles = 20_000;

/** Renames as GitHub finds them, from half alike. */
export const findRenames = "--find-renames=50%";

/** The same form whatever the repository's configuration says. */
export const diffOptions = [
  "--diff-algorithm=myers",
  "--indent-heuristic",
  "--no-ext-diff",
  "--no-textconv",
  "--no-color",
  "--no-relative",
  "--ignore-submodules=none",
  "--submodule=short",
  "--full-index",
  "--no-abbrev",
];

export async function changedFiles(git: Git, base: string, head: string): Promise<GitChanges> {
  const args = ["diff-tree", "-r", findRenames, ...diffOptions, "--raw", "--numstat", "-z", base, head, "--"];
  const answer = await git.answer(args);
  const fields = answer.stdout.split("\0").filter((field) => field !== "");
  const { files: raw, rest } = parseRaw(fields);
  const counted = new Map(parseNumstat(fields.slice(rest)).map((file) => [file.path, file]));
  const files = raw.slice(0, mostFiles).map((file) => {
    const lines = counted.get(file.path);
    return {
      ...file,
      ...(lines?.additions === undefined ? {} : { additions: lines.additions }),
      ...(lines?.deletions === undefined ? {} : { deletions: lines.deletions }),
    };
  });
  if (answer.cut) return { files, incomplete: "git listed more changed files than are read" };
  if (raw.length > mostFiles)
    return { files, incomplete: `the first ${mostFiles} of ${raw.length} changed files` };
  return { files };
}

/** True where the file became a link, or a submodule a file: git writes such a change as two patches. */
export function changesType(file: RawFile): boolean {
  const type = (mode: string) => mode.slice(0, 3);
  const exists = (mode: string) => !/^0+$/.test(mode);
  return exists(file.oldMode) && exists(file.newMode) && type(file.oldMode) !== type(file.newMode);
}
