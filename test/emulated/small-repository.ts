import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real repository of a few commits, made with the real git. */

const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: devNull,
  GIT_AUTHOR_NAME: "Maria",
  GIT_AUTHOR_EMAIL: "maria@users.example.com",
  GIT_AUTHOR_DATE: "2026-03-01T10:00:00Z",
  GIT_COMMITTER_NAME: "Maria",
  GIT_COMMITTER_EMAIL: "maria@users.example.com",
  GIT_COMMITTER_DATE: "2026-03-01T10:00:00Z",
};

export function git(folder: string, ...args: string[]): string {
  return execFileSync("git", args, {
    cwd: folder,
    env: environment,
    encoding: "utf8",
    stdio: "pipe",
  }).trimEnd();
}

export type Files = Record<string, string | Buffer | null>;

/** Commits exactly these changes on the branch that is checked out; null removes a file. */
export function commitFiles(folder: string, message: string, files: Files): string {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, path);
    if (content === null) rmSync(full, { force: true });
    else {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
    }
  }
  git(folder, "add", "--all");
  git(folder, "commit", "--quiet", "--allow-empty", "-m", message);
  return git(folder, "rev-parse", "HEAD");
}

export type SmallRepository = { folder: string; remove(): void };

/** `main` with a first commit, nothing else. */
export function smallRepository(
  files: Files = { "README.md": "# Shop\n", "src/pay.ts": "export const pay = 1;\n" },
): SmallRepository {
  const folder = mkdtempSync(join(tmpdir(), "emulated-repository-"));
  git(folder, "init", "--quiet", "--initial-branch=main");
  commitFiles(folder, "First", files);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
