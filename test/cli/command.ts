import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../../cli/command.ts";
import { type Checkout, checkoutAt, numbered, plainEnvironment } from "../adapters/git/checkout.ts";

const entry = join(import.meta.dirname, "../../cli/index.ts");

export type Ran = { code: number | null; out: string; note: string };

/** The command line as a person meets it: a process of its own, in a folder. */
export function adaptiveDeploy(words: string[], options: { folder?: string; input?: string } = {}): Ran {
  const done = spawnSync(process.execPath, [entry, ...words], {
    encoding: "utf8",
    input: options.input ?? "",
    env: { ...plainEnvironment, NO_COLOR: "1", USER: "ada" },
    ...(options.folder === undefined ? {} : { cwd: options.folder }),
  });
  return { code: done.status, out: done.stdout, note: done.stderr };
}

/** The same within this process, which is ten times faster: for all that needs no pipe. */
export async function commanded(
  words: string[],
  folder = process.cwd(),
  environment: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const ran: Ran = { code: null, out: "", note: "" };
  const before = process.cwd();
  process.chdir(folder);
  try {
    ran.code = await runCommand(words, {
      out: (text) => {
        ran.out += text;
      },
      note: (text) => {
        ran.note += `${text}\n`;
      },
      colour: false,
      width: 100,
      environment: { USER: "ada", ...environment },
    });
  } finally {
    process.chdir(before);
  }
  return ran;
}

/** A repository with a main branch, and a branch `change` of so many lines; gone when `dispose` is called. */
export function repositoryWithChange(files: Record<string, string> = {}): Checkout & { dispose(): void } {
  const folder = mkdtempSync(join(tmpdir(), "adaptive-deploy-cli-"));
  execFileSync("git", ["init", "-q", "-b", "main", folder], { env: plainEnvironment });
  const checkout = checkoutAt(folder);
  checkout.change({ "src/a.ts": numbered(20), ...files }, { message: "Start" });
  checkout.git("checkout", "-q", "-b", "change");
  checkout.change({ "src/a.ts": numbered(60) }, { message: "Say more" });
  return { ...checkout, dispose: () => rmSync(folder, { recursive: true, force: true }) };
}
