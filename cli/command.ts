import { printable } from "../actions/io.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { nearest } from "../core/policy/suggest.ts";
import { overview, verbHelp } from "./help.ts";
import type { Terminal } from "./terminal.ts";
import { type Verb, verbs } from "./verbs.ts";
import { version } from "./version.ts";

/** Runs one command and answers with its exit code: a fault is told in a line, never as a stack trace. */
export async function runCommand(words: string[], terminal: Terminal): Promise<number> {
  try {
    return await answer(words, terminal);
  } catch (error) {
    if (error instanceof UserError) {
      terminal.note(`adaptive-deploy: ${error.message}`);
      return error.exitCode;
    }
    const said = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    terminal.note(
      `adaptive-deploy: this is a bug of ours: ${said}. Please report it; ADAPTIVE_DEPLOY_DEBUG=1 prints where.`,
    );
    if (terminal.environment.ADAPTIVE_DEPLOY_DEBUG && error instanceof Error)
      terminal.note(error.stack ?? "");
    return exitCodes.bug;
  }
}

async function answer(words: string[], terminal: Terminal): Promise<number> {
  const [name = "help", ...rest] = words;
  if (name === "--version" || name === "version") {
    terminal.out(`adaptive-deploy ${version}\n`);
    return exitCodes.go;
  }
  if (name === "help" || name === "--help" || name === "-h") {
    const [asked] = rest;
    terminal.out(asked === undefined ? overview(verbs) : verbHelp(verbNamed(asked).declaration));
    return exitCodes.go;
  }
  const verb = verbNamed(name);
  if (rest.includes("--help") || rest.includes("-h")) {
    terminal.out(verbHelp(verb.declaration));
    return exitCodes.go;
  }
  const { run } = await verb.load();
  return run(rest, terminal);
}

function verbNamed(name: string): Verb {
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (verb) return verb;
  const close = nearest(name, Object.keys(verbs));
  throw new UserError(
    "usage",
    `There is no verb "${printable(name).slice(0, 60)}"${close ? `; did you mean ${close}?` : "."} Verbs: ${Object.keys(verbs).join(", ")}.`,
    exitCodes.usage,
  );
}
