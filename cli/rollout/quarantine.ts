import { randomUUID } from "node:crypto";
import { placeOfInputs } from "../../actions/rollout/inputs.ts";
import { type Place, placeOf } from "../../actions/rollout/service.ts";
import { retry } from "../../adapters/ledgers/record-decision.ts";
import { offerAgain, stopOffering } from "../../adapters/targets/index.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { appendWithRetry } from "../../core/evidence/append.ts";
import { isExpired } from "../../core/evidence/lease.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import { optional } from "../../core/optional.ts";
import type { Chain, Ledger } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import type { EventOf } from "../../core/rollout/events.ts";
import { unfinished } from "../../core/rollout/fold-stream.ts";
import { digestIn, isNamed } from "../../core/rollout/plan.ts";
import { stopRulesOf } from "../../core/rollout/plan-of.ts";
import { saidOf } from "../../core/rollout/said-of.ts";
import { type Arguments, readArguments } from "../arguments.ts";
import { openWritableHome } from "../ledger-home.ts";
import { policyHere } from "../policy-here.ts";
import type { Terminal } from "../terminal.ts";
import { quarantineVerb } from "./declaration.ts";
import { personOf } from "./ports.ts";
import { readTold } from "./stream.ts";
import { untilOf } from "./until.ts";

type Word = EventOf<"quarantine">["body"];

/** A version that nobody shall get: said to the ledger, and to an update server that offers it by itself. */
export async function run(words: string[], terminal: Terminal): Promise<number> {
  const argument = readArguments(quarantineVerb, words, true);
  const { ledger, kind } = openWritableHome(argument, terminal);
  const place = placeOf(placeOfInputs(argument.value), await policyHere(argument));
  const word = wordOf(argument, place, personOf(terminal));
  const stream = serviceStream(place.environment, place.service);
  // A ledger that is away keeps no server offering it.
  let names: string[];
  try {
    await note(ledger, stream, word);
    terminal.out(`${sentenceOf(word, place)}\n`);
    if (kind === "git-branch" && word.until === undefined)
      terminal.note(
        "adaptive-deploy: from a branch ledger the Actions believe no such word; there it ends by its time, or by /rollout overrule.",
      );
  } finally {
    names = await onTarget(word, place, terminal);
  }
  for (const digest of names) if (digest !== word.digest) await note(ledger, stream, { ...word, digest });
  if (word.until !== undefined) await tellOfRunning([word.digest, ...names], ledger, stream, terminal);
  return exitCodes.go;
}

function wordOf(argument: Arguments, { thresholds }: Place, by: string): Word {
  const [named, ...more] = argument.positionals;
  const reason = argument.given("reason")?.slice(0, 1000);
  if (named === undefined || more.length > 0 || reason === undefined)
    throw new UserError(
      "usage",
      "quarantine: name one version, by its digest or as its target calls it, and say why with --reason.",
      exitCodes.usage,
    );
  const seconds = stopRulesOf(thresholds).quarantineSeconds;
  const until = untilOf(argument) ?? new Date(Date.now() + seconds * 1000).toISOString();
  const digest = digestIn(named) ?? named;
  return { digest, ...optional("until", argument.flag("lift") ? undefined : until), reason, by };
}

/** What holds for as long already is not said again. */
async function note(ledger: Ledger, stream: string, word: Word): Promise<void> {
  const build = ({ events }: Chain) => {
    const { quarantine } = saidOf(events, { id: word.digest });
    const holds = Date.parse(quarantine?.body.until ?? "") >= Date.parse(word.until ?? "");
    if (holds) return [];
    const at = new Date().toISOString();
    return [{ kind: "quarantine" as const, at, actor: word.by, nonce: randomUUID(), body: word }];
  };
  await appendWithRetry(ledger, stream, build, retry);
}

function sentenceOf({ digest, until }: Word, { service, environment }: Place): string {
  const where = `${service} in ${environment}`;
  const name = plain(digest, 200);
  return until === undefined
    ? `${name} may go out to ${where} again.`
    : `${name} is kept out of ${where} until ${until}. Whoever has it keeps it: \`adaptive-deploy rollback\` takes it back.`;
}

async function onTarget(word: Word, { config }: Place, { environment, out }: Terminal): Promise<string[]> {
  const { digest, until, ...stopped } = word;
  const names =
    until === undefined
      ? await offerAgain(config, { environment }, digest)
      : await stopOffering(config, { environment }, digest, { ...stopped, until });
  const what = until === undefined ? "may be offered again" : "is offered to no device any more";
  for (const name of names) out(`${plain(name, 200)} ${what}.\n`);
  return names;
}

/** A rollout of it is taken back by whoever drives it. */
async function tellOfRunning(
  names: readonly string[],
  ledger: Ledger,
  stream: string,
  terminal: Terminal,
): Promise<void> {
  const { rollouts, lease } = await readTold(ledger, stream);
  const running = unfinished(rollouts);
  if (running === undefined || !names.some((name) => isNamed(running.plan.candidate, name))) return;
  const driven = lease.held !== null && !isExpired(lease.held, new Date().toISOString());
  terminal.note(
    `adaptive-deploy: ${running.plan.rollout} is on its way with it and goes back${driven ? "." : "; nobody drives it now: `adaptive-deploy rollback` does."}`,
  );
}
