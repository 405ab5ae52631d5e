import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { dirname, join } from "node:path";

/** A real repository of a few commits, made with the real git. */

const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: devNull,
  // No samples of hooks.
  GIT_TEMPLATE_DIR: "",
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

/**
 * One after the other, up to the first that fails; gives what they print. From one shell, because each process that a
 * test starts has its whole memory mapped anew, and with an embedded database in it that is most of the time.
 */
export function gits(folder: string, commands: string[][], env: NodeJS.ProcessEnv = environment): string {
  const quoted = (word: string) => `'${word.replaceAll("'", "'\\''")}'`;
  const script = commands.map((words) => ["git", ...words].map(quoted).join(" ")).join(" && ");
  return execFileSync("sh", ["-c", script], {
    cwd: folder,
    env,
    encoding: "utf8",
    stdio: "pipe",
  }).trimEnd();
}

export type Files = Record<string, string | Buffer | null>;

/** Commits exactly these changes on the branch that is checked out; null removes a file. */
export function commitFiles(folder: string, message: string, files: Files): string {
  writeFiles(folder, files);
  return gits(folder, commands(message));
}

/** The same on a branch, which starts anew where `from` is given; afterwards `main` is checked out again. */
export function commitOn(
  folder: string,
  { branch, from, message, files }: { branch: string; from?: string; message: string; files: Files },
): string {
  git(folder, "checkout", "--quiet", ...(from === undefined ? [branch] : ["-B", branch, from]));
  writeFiles(folder, files);
  return gits(folder, [...commands(message), ["checkout", "--quiet", "main"]]);
}

const commands = (message: string): string[][] => [
  ["add", "--all"],
  ["-c", "maintenance.auto=false", "commit", "--quiet", "--allow-empty", "-m", message],
  ["rev-parse", "HEAD"],
];

function writeFiles(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    const full = join(folder, path);
    if (content === null) rmSync(full, { force: true });
    else {
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, content);
    }
  }
}

const kept = new URL("../../node_modules/.cache/test-repositories/", import.meta.url).pathname;

/** Made once for equal files: its author and dates are always the same, and a copy takes no git. */
function firstOf(files: Files): string {
  const folder = join(kept, createHash("sha256").update(JSON.stringify(files)).digest("hex"));
  if (existsSync(folder)) return folder;
  mkdirSync(kept, { recursive: true });
  const begun = mkdtempSync(join(kept, "begun-"));
  writeFiles(begun, files);
  gits(begun, [["init", "--quiet", "--initial-branch=main"], ...commands("First")]);
  try {
    renameSync(begun, folder);
  } catch {
    // Another process was first.
    rmSync(begun, { recursive: true });
  }
  return folder;
}

export type SmallRepository = { folder: string; remove(): void };

/** `main` with a first commit, nothing else. */
export function smallRepository(
  files: Files = { "README.md": "# Shop\n", "src/pay.ts": "export const pay = 1;\n" },
): SmallRepository {
  const folder = mkdtempSync(join(tmpdir(), "emulated-repository-"));
  cpSync(firstOf(files), folder, { recursive: true });
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
