import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { openLedger } from "../adapters/ledgers/index.ts";
import { configurationPath, defaultLedgerFolder } from "../adapters/policy/places.ts";
import { readConfiguration } from "../adapters/policy/resolve.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { ledgerExport } from "../core/evidence/export.ts";
import { ledgerShow, ledgerVerify } from "../core/evidence/show.ts";
import { type Anchor, anchor } from "../core/evidence/verify.ts";
import type { Chain, Ledger } from "../core/ports.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { documentText } from "./document.ts";
import { readInstant } from "./instant.ts";
import { ledgerDeclaration } from "./ledger-declaration.ts";
import type { Terminal } from "./terminal.ts";

const actions: Record<string, (chains: Chain[], argument: Arguments, terminal: Terminal) => number> = {
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
      `adaptive-deploy ledger: say one of ${Object.keys(actions).join(", ")}, then a stream or nothing for all.`,
      exitCodes.usage,
    );
  }
  const ledger = open(argument);
  const streams = stream === undefined ? await ledger.streams() : [stream];
  const chains: Chain[] = [];
  for (const one of streams) chains.push(await ledger.read(one));
  return action(chains, argument, terminal);
}

function open(argument: Arguments): Ledger {
  const folder = argument.given("folder") ?? configuredFolder(argument.value("repo"));
  if (folder !== undefined && !existsSync(folder)) {
    throw new UserError(
      "ledger-not-found",
      `There is no folder ${folder}, so no ledger either. Mend --folder, or record a decision first.`,
    );
  }
  const remote = argument.value("remote");
  const ledger = folder
    ? openLedger("file", { folder })
    : openLedger("git-branch", { folder: argument.value("repo"), remote: remote === "none" ? null : remote });
  if (ledger) return ledger;
  throw new UserError(
    "ledger-not-configured",
    "No ledger was named: pass --folder, or --repo of a checkout.",
    exitCodes.usage,
  );
}

/** The folder of a checkout whose own configuration keeps its ledger in files. */
function configuredFolder(repository: string): string | undefined {
  const path = join(repository, configurationPath);
  const { home, folder } =
    readConfiguration(existsSync(path) ? readFileSync(path, "utf8") : undefined).ledger ?? {};
  return home === "file" ? join(repository, folder ?? defaultLedgerFolder) : undefined;
}

function show(chains: Chain[], argument: Arguments, terminal: Terminal): number {
  if (argument.flag("json")) terminal.out(documentText(chains));
  else
    terminal.out(
      chains.length
        ? `${chains.map((chain) => ledgerShow(chain).trimEnd()).join("\n\n")}\n`
        : "The ledger holds no stream yet.\n",
    );
  return exitCodes.go;
}

function verify(chains: Chain[], argument: Arguments, terminal: Terminal): number {
  const result = ledgerVerify(chains, anchorsOf(argument.given("anchors")));
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

function exportEvents(chains: Chain[], argument: Arguments, terminal: Terminal): number {
  const since = argument.given("since");
  const from = since === undefined ? Number.NEGATIVE_INFINITY : readInstant("since", since).getTime();
  const wanted = chains.map((chain) => ({
    ...chain,
    events: chain.events.filter((event) => Date.parse(event.at) >= from),
  }));
  terminal.out(ledgerExport(wanted, argument.flag("csv") ? "csv" : "jsonl"));
  const broken = chains.filter((chain) => chain.fault);
  for (const chain of broken)
    terminal.note(
      `adaptive-deploy: only what stands before the fault was exported: ${chain.fault?.sentence}`,
    );
  return broken.length ? exitCodes.badInput : exitCodes.go;
}
