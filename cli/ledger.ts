import { readFileSync } from "node:fs";
import * as z from "zod";
import { type ExitCode, exitCodes, UserError } from "../core/errors.ts";
import { type ExportOptions, exportChain, exportHeading } from "../core/evidence/export.ts";
import { ledgerShow, ledgerVerify } from "../core/evidence/show.ts";
import { type Anchor, anchor } from "../core/evidence/verify.ts";
import { optional } from "../core/optional.ts";
import type { Chain, Ledger } from "../core/ports.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { documentText } from "./document.ts";
import { readMoment } from "./instant.ts";
import { ledgerDeclaration } from "./ledger-declaration.ts";
import { openHome } from "./ledger-home.ts";
import type { Terminal } from "./terminal.ts";

type Chains = AsyncIterable<Chain>;
type Action = (chains: Chains, argument: Arguments, terminal: Terminal) => Promise<number>;

const actions: Record<string, Action> = {
  show,
  verify,
  export: exportEvents,
};

export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(ledgerDeclaration, words, true);
  const [name = "", stream, ...rest] = argument.positionals;
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
  if (!action || rest.length) {
    throw new UserError(
      "usage",
      `ledger: say one of ${Object.keys(actions).join(", ")}, then a stream or nothing for all.`,
      exitCodes.usage,
    );
  }
  return action(chainsOf(openHome(argument, terminal), stream), argument, terminal);
}

async function* chainsOf(ledger: Ledger, stream: string | undefined): Chains {
  for (const one of stream === undefined ? await ledger.streams() : [stream]) yield await ledger.read(one);
}

async function all(given: Chains): Promise<Chain[]> {
  const chains: Chain[] = [];
  for await (const chain of given) chains.push(chain);
  return chains;
}

async function show(given: Chains, argument: Arguments, terminal: Terminal): Promise<number> {
  const chains = await all(given);
  if (argument.flag("json")) terminal.out(documentText(chains));
  else
    terminal.out(
      chains.length
        ? `${chains.map((chain) => ledgerShow(chain).trimEnd()).join("\n\n")}\n`
        : "The ledger holds no stream yet.\n",
    );
  return exitCodes.go;
}

async function verify(chains: Chains, argument: Arguments, terminal: Terminal): Promise<number> {
  const result = ledgerVerify(await all(chains), anchorsOf(argument.given("anchors")));
  terminal.out(
    argument.flag("json")
      ? `${JSON.stringify(result.verifications, null, 2)}\n`
      : `${result.text.trimEnd()}\n`,
  );
  return result.whole ? exitCodes.go : exitCodes.badInput;
}

/** Anchors lie outside of the ledger: a list of {stream, sequence, hash} that somebody kept. */
function anchorsOf(path: string | undefined): Anchor[] {
  if (path === undefined) return [];
  const parsed = z.array(anchor).safeParse(documentOf(path));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(
    "bad-anchors",
    `${path}: ${issue?.path.join(".") || "the document"}: ${issue?.message}. Anchors are a JSON list of {"stream", "sequence", "hash"}.`,
  );
}

function documentOf(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    throw new UserError("bad-anchors", `${path} cannot be read as JSON.`);
  }
}

/** Stream after stream, so that no more than the longest of them is in memory at once. */
async function exportEvents(chains: Chains, argument: Arguments, terminal: Terminal): Promise<number> {
  const now = new Date();
  const moment = (flag: string) => {
    const text = argument.given(flag);
    return text === undefined ? undefined : readMoment(flag, text, now).getTime();
  };
  const options: ExportOptions = {
    format: argument.flag("csv") ? "csv" : "jsonl",
    ...optional("from", moment("since")),
    ...optional("until", moment("until")),
    server: terminal.environment.GITHUB_SERVER_URL ?? "https://github.com",
  };
  terminal.out(exportHeading(options.format));
  let exitCode: ExitCode = exitCodes.go;
  for await (const chain of chains) {
    terminal.out(exportChain(chain, options));
    if (chain.fault === undefined) continue;
    exitCode = exitCodes.badInput;
    const what =
      options.format === "csv" ? "What follows is marked as not verified" : "The export ends there";
    terminal.note(`adaptive-deploy: ${chain.fault.sentence} ${what}, in the stream ${chain.stream}.`);
  }
  return exitCode;
}
