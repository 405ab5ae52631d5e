import { randomUUID } from "node:crypto";
import { printable } from "../../actions/io.ts";
import { retry } from "../../adapters/ledgers/record-decision.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { appendWithRetry } from "../../core/evidence/append.ts";
import { foldLease, isExpired } from "../../core/evidence/lease.ts";
import { didYouMean } from "../../core/policy/suggest.ts";
import type { Chain, Ledger } from "../../core/ports.ts";
import { type Command, commands } from "../../core/rollout/events.ts";
import { foldStream, unfinished } from "../../core/rollout/fold-stream.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import { means, statusOf } from "../../core/rollout/status.ts";
import type { Arguments } from "../arguments.ts";
import { openWritableHome } from "../ledger-home.ts";
import { policyHere } from "../policy-here.ts";
import type { Terminal } from "../terminal.ts";
import { words } from "./declaration.ts";
import { personOf } from "./ports.ts";
import { show } from "./show.ts";
import { currentOf, readTold, streamsOf } from "./stream.ts";

/** A person's word to the rollout that is under way: written into the ledger, where whoever drives it reads it. */
export async function switchTo(
  argument: Arguments,
  terminal: Terminal,
  word: string | undefined,
): Promise<number> {
  const command = commandOf(word);
  const { ledger, kind } = openWritableHome(argument, terminal);
  const stream = only(await meantOf(ledger, await streamsOf(argument, ledger, await policyHere(argument))));
  const said = { command, reason: reasonOf(command, argument), by: personOf(terminal) };
  await append(ledger, stream, said);
  const { rollouts, lease } = await readTold(ledger, stream);
  const state = currentOf(rollouts);
  if (state !== undefined) show(state, argument, terminal, lease);
  if (kind !== "file" && command === "approve")
    terminal.note("adaptive-deploy: the Action and the App believe an approval that stands on GitHub alone.");
  const driven = lease.held !== null && !isExpired(lease.held, new Date().toISOString());
  if (state !== undefined && state.doing.kind !== "ended" && !driven)
    terminal.note(
      "adaptive-deploy: nobody drives this rollout now; `adaptive-deploy rollout run` or `undo` does.",
    );
  return exitCodes.go;
}

function commandOf(word: string | undefined): Command {
  const command = word === "next" ? "promote" : commands.find((one) => one === word);
  if (command !== undefined) return command;
  const known = word === undefined ? "" : didYouMean(word, [...words]);
  throw new UserError(
    "usage",
    `rollout switch: "${printable(word ?? "")}" is no word for a rollout${known}. Allowed: ${words.join(", ")}.`,
    exitCodes.usage,
  );
}

function reasonOf(command: Command, argument: Arguments): string {
  const reason = argument.given("reason");
  if (reason === undefined && command === "overrule")
    throw new UserError(
      "usage",
      "rollout switch overrule: say with --reason why the verdict was wrong.",
      exitCodes.usage,
    );
  return reason?.slice(0, 4000) ?? "Said on the command line.";
}

/** Without a service it means the only rollout that is under way. */
async function meantOf(ledger: Ledger, streams: readonly string[]): Promise<readonly string[]> {
  if (streams.length < 2) return streams;
  const told = await Promise.all(streams.map((stream) => readTold(ledger, stream)));
  const running = told.flatMap(({ stream, rollouts }) =>
    unfinished(rollouts) === undefined ? [] : [stream],
  );
  return running.length === 0 ? streams : running;
}

function only(streams: readonly string[]): string {
  const [stream] = streams;
  if (stream !== undefined && streams.length === 1) return stream;
  throw new UserError(
    "unknown-service",
    `rollout: ${streams.length === 0 ? "the ledger holds no service of this environment" : `the ledger holds ${streams.join(", ")}`}. Name one with --service.`,
    exitCodes.usage,
  );
}

type Said = { command: Command; reason: string; by: string };

/** What would change nothing is refused, and not written. */
async function append(ledger: Ledger, stream: string, said: Said): Promise<void> {
  const build = (chain: Chain) => {
    const at = new Date().toISOString();
    const state = currentOf(foldStream(chain.events));
    if (state === undefined)
      throw new UserError("no-rollout", `The ledger tells of no rollout in ${stream}.`);
    if (!means(state, said.command, at)) throw meaningless(state, said.command, at);
    const body = { rollout: state.plan.rollout, ...said };
    return [{ kind: "command" as const, at, actor: said.by, nonce: randomUUID(), body }];
  };
  await appendWithRetry(ledger, stream, build, retry);
}

function meaningless(state: RolloutState, command: Command, now: string): UserError {
  const { doing, commands: open } = statusOf(state, foldLease([]), now);
  const would = open.length === 0 ? "Nothing would" : `These would: ${open.join(", ")}`;
  return new UserError(
    "nothing-to-do",
    `${command} changes nothing of ${state.plan.rollout} now: ${state.stop?.sentence ?? doing}. ${would}.`,
  );
}
