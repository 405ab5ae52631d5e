import { type ChildProcess, spawn } from "node:child_process";
import { dirname } from "node:path";
import { PassThrough } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { exitCodes, UserError } from "../../core/errors.ts";

export type Ask = {
  input?: string;
  /** Exit codes that are answers rather than faults; 0 where absent. */
  accept?: readonly number[];
  maximumBytes?: number;
};
export type Answer = {
  code: number;
  stdout: string;
  stderr: string;
  /** True where the output was cut at the maximum. */
  cut: boolean;
};

const mostErrorBytes = 16_384;
const mostOutputBytes = 128 * 1024 * 1024;
const longestRunMs = 300_000;
/** One that is read while it runs waits for its reader. */
const longestReadMs = 3_600_000;
const mostAheadBytes = 32 * 1024 * 1024;

/** Runs git with an argument list, never through a shell, and gives its output up to a maximum. */
export async function runGit(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  ask: Ask = {},
): Promise<Answer> {
  const chunks: Buffer[] = [];
  const most = ask.maximumBytes ?? mostOutputBytes;
  let size = 0;
  const end = await runProcess(args, environment, ask.input, (bytes) => {
    const room = most - size;
    chunks.push(bytes.length > room ? bytes.subarray(0, room) : bytes);
    size += bytes.length;
    return size <= most;
  });
  return {
    code: end.code,
    stdout: Buffer.concat(chunks).toString("utf8"),
    stderr: end.stderr,
    cut: end.stopped,
  };
}

/** Runs git and hands its output on as text while it comes; `take` answers false to stop early. */
export async function streamGit(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  take: (text: string) => boolean,
): Promise<Omit<Answer, "stdout">> {
  const decoder = new StringDecoder("utf8");
  const end = await runProcess(args, environment, undefined, (bytes) => take(decoder.write(bytes)));
  return { code: end.code, stderr: end.stderr, cut: end.stopped };
}

/** Output that comes while it is read, some of it ahead of the reader, and how git ended. */
export type Reading = { text: AsyncIterable<string>; end: Promise<Answer> };

/** Starts git at once; what it says is read when there is time for it. */
export function readGit(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  ask: { input?: string; signal: AbortSignal },
): Reading {
  const child = start(args, environment, longestReadMs);
  const stop = () => child.kill("SIGKILL");
  ask.signal.addEventListener("abort", stop, { once: true });
  const text = child.stdout.pipe(new PassThrough({ highWaterMark: mostAheadBytes })).setEncoding("utf8");
  const stderr = errorsOf(child);
  const end = new Promise<Answer>((resolve, reject) => {
    child.on("error", (error) => {
      text.end();
      reject(spawnFault(error));
    });
    child.on("close", (code, signal) => {
      ask.signal.removeEventListener("abort", stop);
      if (code === null) reject(killedFault(args, signal));
      else resolve({ code, stdout: "", stderr: stderr(), cut: false });
    });
  });
  // Whoever stops reading does not ask how it ended.
  end.catch(() => undefined);
  feed(child, ask.input);
  return { text, end };
}

function start(args: readonly string[], environment: NodeJS.ProcessEnv, timeout: number) {
  // Windows looks for a program in the working directory first: a checkout could bring its own git.exe.
  return spawn("git", [...args], {
    cwd: dirname(process.execPath),
    env: environment,
    shell: false,
    windowsHide: true,
    timeout,
    killSignal: "SIGKILL",
  });
}

function errorsOf(child: ChildProcess): () => string {
  const errors: Buffer[] = [];
  let bytes = 0;
  child.stderr?.on("data", (some: Buffer) => {
    if (bytes < mostErrorBytes) errors.push(some);
    bytes += some.length;
  });
  return () => Buffer.concat(errors).toString("utf8").slice(0, mostErrorBytes);
}

type End = { code: number; stderr: string; stopped: boolean };

function runProcess(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  input: string | undefined,
  take: (bytes: Buffer) => boolean,
): Promise<End> {
  return new Promise((resolve, reject) => {
    const child = start(args, environment, longestRunMs);
    const stderr = errorsOf(child);
    let stopped = false;
    child.stdout.on("data", (bytes: Buffer) => {
      if (stopped || take(bytes)) return;
      stopped = true;
      child.kill("SIGKILL");
    });
    child.on("error", (error) => reject(spawnFault(error)));
    child.on("close", (code, signal) => {
      if (stopped) resolve({ code: 0, stderr: stderr(), stopped });
      else if (code === null) reject(killedFault(args, signal));
      else resolve({ code, stderr: stderr(), stopped });
    });
    feed(child, input);
  });
}

function feed(child: ChildProcess, input: string | undefined): void {
  // Git may end before it has read everything; its exit code tells why.
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(input ?? "");
}

function spawnFault(error: NodeJS.ErrnoException): Error {
  if (error.code === "ENOENT") {
    return new UserError(
      "git-missing",
      "The program git was not found. Install it, or put it on the PATH; facts can also be given with --inputs.",
      exitCodes.unavailable,
    );
  }
  return new UserError(
    "git-failed",
    `git could not be started: ${error.code ?? error.message}.`,
    exitCodes.unavailable,
  );
}

function killedFault(args: readonly string[], signal: NodeJS.Signals | null): Error {
  return new UserError(
    "git-failed",
    `git ${commandOf(args)} was ended by ${signal ?? "a signal"} (it may run for ${longestRunMs / 1000} s at most). Try again, or with a fuller clone.`,
    exitCodes.unavailable,
  );
}

/** The command among the arguments: what follows the options before it. */
export function commandOf(args: readonly string[]): string {
  for (let index = 0; index < args.length; index += 1) {
    const word = args[index] ?? "";
    if (word === "-c" || word === "-C") index += 1;
    else if (!word.startsWith("-")) return word;
  }
  return "";
}
