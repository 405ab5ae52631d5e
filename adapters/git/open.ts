import { join, resolve } from "node:path";
import { exitCodes, UserError } from "../../core/errors.ts";
import { gitEnvironment, guardedOptions } from "./environment.ts";
import { type Answer, type Ask, commandOf, readGit, runGit, streamGit } from "./process.ts";

/** Reads from one repository. The object store only: neither work tree, index nor attributes of the checkout speak. */
export type Git = {
  answer(args: readonly string[], ask?: Ask): Promise<Answer>;
  stream(args: readonly string[], take: (text: string) => boolean): Promise<{ cut: boolean }>;
  /** Starts at once, and hands its output on as it is asked for. */
  read(args: readonly string[], ask: { input?: string; signal: AbortSignal }): AsyncIterable<string>;
  /** Asks in the work tree itself; undefined where there is none. */
  inWorkTree(args: readonly string[]): Promise<Answer | undefined>;
  /** True where the history was cut by a shallow clone. */
  isShallow(): Promise<boolean>;
  /** Folder that holds the checkout. */
  folder: string;
};

type Place = { gitFolder: string; shallow: boolean; bare: boolean };

export function openGit(folder: string, inherited: NodeJS.ProcessEnv): Git {
  const absolute = resolve(folder);
  let found: Promise<Place> | undefined;
  const place = (): Promise<Place> => {
    found ??= findRepository(absolute, inherited);
    return found;
  };
  const reading = async (args: readonly string[]) => {
    const { gitFolder } = await place();
    // As a bare repository with an index that is not there, git finds no .gitattributes: those of the checkout are
    // the head's, and could call source code binary and so hide its lines.
    const environment = gitEnvironment(inherited, join(gitFolder, "adaptive-deploy-reads-no-index"));
    return { args: [...guardedOptions, "--bare", `--git-dir=${gitFolder}`, ...args], environment };
  };
  return {
    folder: absolute,
    async answer(args, ask = {}) {
      const call = await reading(args);
      return accepted(call.args, await runGit(call.args, call.environment, ask), ask.accept);
    },
    async stream(args, take) {
      const call = await reading(args);
      const answer = await streamGit(call.args, call.environment, take);
      return accepted(call.args, { ...answer, stdout: "" }, undefined);
    },
    read(args, ask) {
      const started = reading(args).then((call) => ({ call, ...readGit(call.args, call.environment, ask) }));
      started.catch(() => undefined);
      return (async function* () {
        const { call, text, end } = await started;
        yield* text;
        accepted(call.args, await end);
      })();
    },
    async inWorkTree(args) {
      if ((await place()).bare) return undefined;
      const call = [...guardedOptions, "-C", absolute, ...args];
      return accepted(call, await runGit(call, gitEnvironment(inherited)), undefined);
    },
    isShallow: async () => (await place()).shallow,
  };
}

async function findRepository(folder: string, inherited: NodeJS.ProcessEnv): Promise<Place> {
  const args = [
    ...["-C", folder, "rev-parse"],
    ...["--absolute-git-dir", "--is-shallow-repository", "--is-bare-repository"],
  ];
  const answer = await runGit([...guardedOptions, ...args], gitEnvironment(inherited));
  if (answer.code !== 0) throw notARepository(folder, answer.stderr);
  const [bare = "", shallow = "", ...rest] = answer.stdout
    .replace(/\r?\n$/, "")
    .split(/\r?\n/)
    .reverse();
  return { gitFolder: rest.reverse().join("\n"), shallow: shallow === "true", bare: bare === "true" };
}

function notARepository(folder: string, stderr: string): UserError {
  if (stderr.includes("dubious ownership")) {
    return new UserError(
      "repository-not-trusted",
      `git does not read ${folder}, because another user owns it. If it is yours: git config --global --add safe.directory ${folder}`,
      exitCodes.unavailable,
    );
  }
  return new UserError(
    "not-a-repository",
    `${folder} is not inside a git repository: ${firstLine(stderr)}. Name a checkout with --repo, or give facts with --inputs.`,
  );
}

function accepted(args: readonly string[], answer: Answer, codes: readonly number[] = [0]): Answer {
  if (answer.cut || codes.includes(answer.code)) return answer;
  const missing = /missing|bad object|unable to read|promisor|Could not read from remote/i.test(
    answer.stderr,
  );
  throw new UserError(
    missing ? "git-object-missing" : "git-failed",
    `git ${commandOf(args)} failed: ${firstLine(answer.stderr) || `exit code ${answer.code}`}.${missing ? " The clone lacks objects; fetch it in full (fetch-depth: 0)." : ""}`,
    exitCodes.unavailable,
  );
}

/** Git quotes what it was given, so that its words are data too. */
export function firstLine(text: string): string {
  const line = text.split("\n").find((one) => one.trim() !== "") ?? "";
  return Array.from(line.slice(0, 300), (character) =>
    character < " " || character === "\u007f" ? "?" : character,
  )
    .join("")
    .replace(/^fatal: /, "")
    .replace(/\.$/, "");
}
