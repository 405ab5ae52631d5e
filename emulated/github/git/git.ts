import { type ChildProcessWithoutNullStreams, execFile, spawn } from "node:child_process";
import { devNull } from "node:os";
import { refMover } from "./refs.ts";

/** One git repository on disk, spoken to with the real git and nobody's personal configuration. */

export type GitObject = { oid: string; type: string; content: Buffer };
export type GitObjectInfo = { oid: string; type: string; size: number };

const environment = {
  ...process.env,
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: devNull,
  GIT_TERMINAL_PROMPT: "0",
  LC_ALL: "C",
};

export class GitFailure extends Error {}

export type Git = {
  folder: string;
  run(args: string[], more?: { input?: string | Buffer; env?: Record<string, string> }): Promise<Buffer>;
  text(args: string[], more?: { input?: string | Buffer; env?: Record<string, string> }): Promise<string>;
  /** What git prints, its end untouched; of objects by their full names, which never change, it is asked once. */
  lasting(args: string[]): Promise<string>;
  object(expression: string): Promise<GitObject | null>;
  info(expression: string): Promise<GitObjectInfo | null>;
  /** Moves a ref from exactly `from` in one atomic step; false where another was first. */
  move(ref: string, to: string, from: string): Promise<boolean>;
  close(): void;
};

type Waiting = { wantsContent: boolean; resolve(value: GitObject | null): void; size: number };

/** A `cat-file --batch-command` process answers object reads without a process each. */
function batchReader(folder: string, defaultBranch: string) {
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: Waiting[] = [];
  let buffered: Buffer = Buffer.alloc(0);

  function drain(): void {
    for (let first = waiting[0]; first; first = waiting[0]) {
      const lineEnd = buffered.indexOf(10);
      if (lineEnd < 0) return;
      const header = buffered.toString("utf8", 0, lineEnd);
      const match = /^([0-9a-f]{40,64}) (commit|tree|blob|tag) (\d+)$/.exec(header);
      const size = match && first.wantsContent ? Number(match[3]) : 0;
      const end = match && first.wantsContent ? lineEnd + 1 + size + 1 : lineEnd + 1;
      if (buffered.length < end) return;
      const content = Buffer.from(buffered.subarray(lineEnd + 1, lineEnd + 1 + size));
      buffered = buffered.subarray(end);
      waiting.shift();
      first.size = match ? Number(match[3]) : 0;
      first.resolve(match ? { oid: match[1] ?? "", type: match[2] ?? "", content } : null);
    }
  }

  function start(): ChildProcessWithoutNullStreams {
    const started = spawn("git", ["cat-file", "--batch-command"], { cwd: folder, env: environment });
    started.stdout.on("data", (chunk: Buffer) => {
      buffered = buffered.length === 0 ? chunk : Buffer.concat([buffered, chunk]);
      drain();
    });
    started.on("close", () => {
      for (const one of waiting) one.resolve(null);
      waiting = [];
      buffered = Buffer.alloc(0);
      if (child === started) child = undefined;
    });
    started.stdin.on("error", () => undefined);
    return started;
  }

  return {
    ask(
      command: "contents" | "info",
      expression: string,
    ): Promise<{ found: GitObject | null; size: number }> {
      // A line break would end the command early, and no name that GitHub accepts holds one.
      if (expression === "" || /[\n\r\0]/.test(expression)) return Promise.resolve({ found: null, size: 0 });
      child ??= start();
      const process = child;
      return new Promise((resolve) => {
        const one: Waiting = {
          wantsContent: command === "contents",
          size: 0,
          resolve: (found) => resolve({ found, size: one.size }),
        };
        waiting.push(one);
        // On GitHub HEAD is the default branch, whatever a checkout on disk has switched to.
        const asked = expression.replace(/^HEAD(?=[:^~@]|$)/, `refs/heads/${defaultBranch}`);
        process.stdin.write(`${command} ${asked}\n`);
      });
    },
    close(): void {
      child?.stdin.end();
      child = undefined;
    },
  };
}

const fullNames = /^\^?[0-9a-f]{40,64}(\.\.[0-9a-f]{40,64})?$/;
const isLasting = ([, ...rest]: string[]): boolean =>
  rest.every((argument) => argument.startsWith("-") || fullNames.test(argument));

export function openGit(folder: string, defaultBranch = "main"): Git {
  const reader = batchReader(folder, defaultBranch);
  const refs = refMover(folder, environment);
  /** A process for each of hundreds of equal questions takes seconds. */
  const answered = new Map<string, Promise<string>>();
  const run: Git["run"] = (args, more = {}) =>
    new Promise((resolve, reject) => {
      const child = execFile(
        "git",
        args,
        {
          cwd: folder,
          env: { ...environment, ...more.env },
          encoding: "buffer",
          maxBuffer: 1 << 29,
        },
        (error, stdout, stderr) => {
          if (error)
            reject(new GitFailure(`git ${args[0]} in ${folder}: ${stderr.toString() || error.message}`));
          else resolve(stdout);
        },
      );
      child.stdin?.on("error", () => undefined);
      child.stdin?.end(more.input ?? "");
    });
  const printed = async (args: string[]) => (await run(args)).toString("utf8");
  return {
    folder,
    run,
    text: async (args, more) => (await run(args, more)).toString("utf8").trimEnd(),
    lasting: (args) => {
      if (!isLasting(args)) return printed(args);
      const question = args.join(" ");
      const known = answered.get(question);
      if (known) return known;
      const answer = printed(args);
      answered.set(question, answer);
      // What fails now may be there after a fetch.
      answer.catch(() => answered.delete(question));
      return answer;
    },
    object: async (expression) => (await reader.ask("contents", expression)).found,
    info: async (expression) => {
      const { found, size } = await reader.ask("info", expression);
      return found && { oid: found.oid, type: found.type, size };
    },
    move: refs.move,
    close: () => {
      reader.close();
      refs.close();
    },
  };
}
