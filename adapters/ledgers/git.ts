import { spawn } from "node:child_process";
import { exitCodes, UserError } from "../../core/errors.ts";

export type GitAnswer = { exitCode: number; stdout: Buffer; stderr: string };
export type Git = (args: string[], input?: string | Uint8Array) => Promise<GitAnswer>;

const mostOutputBytes = 512 * 1024 * 1024;

/** Set by git for its hooks and by some runners; with them the plumbing would work on another repository or index. */
const strippedVariables = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_COMMON_DIR",
  "GIT_NAMESPACE",
  "GIT_PREFIX",
  "GIT_QUARANTINE_PATH",
];

const quietSettings = [
  "gc.auto=0",
  "maintenance.auto=false",
  "core.quotePath=false",
  "push.followTags=false",
];

/** Runs git in a folder with arguments as a list, never through a shell, and without ever asking at a terminal. */
export function gitIn(folder: string, environment: Record<string, string> = {}): Git {
  const settings = ["--no-replace-objects", ...quietSettings.flatMap((setting) => ["-c", setting])];
  return (args, input) =>
    new Promise((resolve, reject) => {
      const kept = Object.entries(process.env).filter(([name]) => !strippedVariables.includes(name));
      const child = spawn("git", [...settings, ...args], {
        cwd: folder,
        env: { ...Object.fromEntries(kept), LC_ALL: "C", GIT_TERMINAL_PROMPT: "0", ...environment },
        stdio: ["pipe", "pipe", "pipe"],
        windowsHide: true,
      });
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
      let size = 0;
      child.stdout.on("data", (chunk: Buffer) => {
        size += chunk.length;
        if (size <= mostOutputBytes) stdout.push(chunk);
        else child.kill();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        if (stderr.length < 100) stderr.push(chunk);
      });
      child.on("error", (error) => reject(notStarted(folder, error)));
      child.on("close", (code) => {
        if (size > mostOutputBytes) reject(tooMuch(folder));
        else
          resolve({
            exitCode: code ?? 1,
            stdout: Buffer.concat(stdout),
            stderr: Buffer.concat(stderr).toString().trim(),
          });
      });
      // A git that ends before it has read its input is judged by its exit code.
      child.stdin.on("error", () => {});
      child.stdin.end(input ?? "");
    });
}

function notStarted(folder: string, error: Error): UserError {
  return new UserError(
    "ledger-unavailable",
    `git could not be started in ${folder} (${error.message}). Install git, or check that the folder exists.`,
    exitCodes.unavailable,
  );
}

function tooMuch(folder: string): UserError {
  return new UserError(
    "ledger-unavailable",
    `The ledger's branch in ${folder} holds more than ${mostOutputBytes} bytes, which no ledger of ours does. ` +
      "Look at it with `git log` before anything else is written to it.",
    exitCodes.unavailable,
  );
}
