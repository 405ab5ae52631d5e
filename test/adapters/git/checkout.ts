import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import { type GitRepository, gitRepository } from "../../../adapters/git/repository.ts";
import { gits } from "../../emulated/small-repository.ts";

export type CommitWords = { message?: string; author?: string; email?: string; at?: string };

/** A real repository in a temporary folder, with clocks that stand still. */
export type Checkout = {
  folder: string;
  repository: GitRepository;
  git(...args: string[]): string;
  gitWithInput(input: string, ...args: string[]): string;
  write(path: string, content: string | Uint8Array): void;
  remove(path: string): void;
  link(path: string, target: string): void;
  makeExecutable(path: string): void;
  /** Commits everything in the work tree; gives the SHA. */
  commit(words?: CommitWords): string;
  /** Writes files and commits them. */
  change(files: Record<string, string>, words?: CommitWords): string;
  merge(branch: string, words?: CommitWords): string;
};

/** Git's own settings of the machine must not speak in a test. */
export const plainEnvironment: NodeJS.ProcessEnv = {
  ...process.env,
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
};

const firstMoment = Date.parse("2026-01-01T00:00:00Z");
const hourMs = 3_600_000;

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-git-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function emptyCheckout(...initOptions: string[]): Checkout {
  const folder = temporaryFolder();
  execFileSync("git", ["init", "-q", "-b", "main", ...initOptions, folder], { env: plainEnvironment });
  return checkoutAt(folder);
}

export function checkoutAt(folder: string): Checkout {
  let moment = firstMoment;
  const environment = (words: CommitWords = {}): NodeJS.ProcessEnv => {
    const at = words.at ?? new Date(moment).toISOString();
    return {
      ...plainEnvironment,
      GIT_AUTHOR_NAME: words.author ?? "Ada",
      GIT_AUTHOR_EMAIL: words.email ?? "ada@example.com",
      GIT_AUTHOR_DATE: at,
      GIT_COMMITTER_NAME: "Committer",
      GIT_COMMITTER_EMAIL: "committer@example.com",
      GIT_COMMITTER_DATE: at,
    };
  };
  const run = (input: string | undefined, args: string[]): string =>
    execFileSync("git", args, {
      cwd: folder,
      encoding: "utf8",
      ...(input === undefined ? {} : { input }),
      stdio: ["pipe", "pipe", "pipe"],
      env: environment(),
    }).trim();
  const git = (...args: string[]) => run(undefined, args);
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  const finish = (commands: string[][], words: CommitWords) => {
    moment += hourMs;
    return gits(folder, [...commands, ["rev-parse", "HEAD"]], environment(words));
  };
  const commit = (words: CommitWords = {}) =>
    finish(
      [
        ["add", "-A"],
        ["-c", "maintenance.auto=false", "commit", "-q", "--allow-empty", "-m", words.message ?? "a change"],
      ],
      words,
    );
  return {
    folder,
    repository: gitRepository(folder, plainEnvironment),
    git,
    gitWithInput: (input, ...args) => run(input, args),
    write,
    remove: (path) => rmSync(join(folder, path)),
    link: (path, target) => symlinkSync(target, join(folder, path)),
    makeExecutable: (path) => chmodSync(join(folder, path), 0o755),
    commit,
    change(files, words) {
      for (const [path, content] of Object.entries(files)) write(path, content);
      return commit(words);
    },
    merge: (branch, words = {}) =>
      finish([["merge", "-q", "--no-ff", "-m", words.message ?? `Merge ${branch}`, branch]], words),
  };
}

/** Numbered lines, to be edited at a known place. */
export function numbered(
  count: number,
  edit: (line: string, number: number) => string = (line) => line,
): string {
  return Array.from({ length: count }, (_, index) => `${edit(`line ${index + 1}`, index + 1)}\n`).join("");
}
