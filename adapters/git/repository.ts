import * as base from "./base.ts";
import { changedFiles, type GitChange, type GitChanges } from "./changed-files.ts";
import { type Git, openGit } from "./open.ts";
import { readPatches } from "./patches.ts";
import { type FolderEntry, listFolder, readFiles, showFile } from "./trees.ts";

/** What is read of a local checkout. Every commit argument is a full SHA unless it says revision. */
export type GitRepository = {
  resolve(revision: string): Promise<string>;
  mergeBase(left: string, right: string): Promise<string>;
  defaultBase(head: string): Promise<base.DiffBase>;
  /** Name of the branch that a revision names, as in `main` for `origin/main`; undefined for a bare SHA. */
  branchOf(revision: string): Promise<string | undefined>;
  changedFiles(base: string, head: string): Promise<GitChanges>;
  /** What `read` makes of the patch of each file; see patches.ts. */
  patches<Read>(
    base: string,
    head: string,
    files: readonly GitChange[],
    read: (file: GitChange, patch: string | undefined) => Read,
  ): Promise<Map<GitChange, Read>>;
  /** Content of a file at a commit; undefined where there is none. */
  show(commit: string, path: string): Promise<string | undefined>;
  listFolder(commit: string, path: string): Promise<FolderEntry[] | undefined>;
  readFiles(commit: string, paths: readonly string[], mostBytes: number): Promise<Map<string, string>>;
  /** Files of the work tree that differ from HEAD or are not tracked: a decision does not see them. */
  uncommitted(): Promise<string[]>;
  /** `owner/name` from the address of the remote `origin`. */
  name(): Promise<string | undefined>;
  isShallow(): Promise<boolean>;
  git: Git;
};

const mostUncommitted = 1000;

export function gitRepository(folder: string, environment: NodeJS.ProcessEnv = process.env): GitRepository {
  const git = openGit(folder, environment);
  return {
    git,
    resolve: (revision) => base.resolveCommit(git, revision),
    mergeBase: (left, right) => base.mergeBase(git, left, right),
    defaultBase: (head) => base.defaultBase(git, head),
    branchOf: (revision) => base.branchOf(git, revision),
    changedFiles: (from, to) => changedFiles(git, from, to),
    patches: (from, to, files, read) =>
      readPatches(git, { base: from, head: to, files, renames: true }, read),
    show: (commit, path) => showFile(git, commit, path),
    listFolder: (commit, path) => listFolder(git, commit, path),
    readFiles: (commit, paths, mostBytes) => readFiles(git, commit, paths, mostBytes),
    uncommitted: () => uncommitted(git),
    name: async () => repositoryName(await setting(git, "remote.origin.url")),
    isShallow: () => git.isShallow(),
  };
}

async function uncommitted(git: Git): Promise<string[]> {
  const shape = [
    "--porcelain=v1",
    "-z",
    "--no-renames",
    "--untracked-files=normal",
    "--ignore-submodules=dirty",
  ];
  const answer = await git.inWorkTree(["status", ...shape]);
  const lines = answer?.stdout.split("\0").filter((line) => line !== "") ?? [];
  return lines.slice(0, mostUncommitted).map((line) => line.slice(3));
}

async function setting(git: Git, name: string): Promise<string | undefined> {
  const answer = await git.answer(["config", "--get", name], { accept: [0, 1] });
  return answer.stdout.trim() || undefined;
}

/** Only an address with a host tells an owner: the folders of a local path are nobody. Credentials are left behind. */
export function repositoryName(address: string | undefined): string | undefined {
  const remote = /^(?:[a-z][a-z0-9+.-]*:\/\/[^/]+\/|[^/:]+:)(.+)$/i.exec(address ?? "");
  if (!remote || address?.startsWith("file:")) return undefined;
  const parts = (remote[1] ?? "")
    .replace(/\/+$/, "")
    .replace(/\.git$/, "")
    .split("/");
  const name = parts.slice(-2).join("/");
  return /^[\w.-]+\/[\w.-]+$/.test(name) ? name : undefined;
}
