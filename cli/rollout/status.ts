import { setTimeout as sleep } from "node:timers/promises";
import { stopOfProcess } from "../../actions/stopping.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Ledger } from "../../core/ports.ts";
import { renderRolloutSvg } from "../../core/render/rollout/picture.ts";
import { eventsOf } from "../../core/rollout/fold-stream.ts";
import { statusOf } from "../../core/rollout/status.ts";
import type { Arguments } from "../arguments.ts";
import { documentText, writeText } from "../document.ts";
import { openHome } from "../ledger-home.ts";
import { policyHere } from "../policy-here.ts";
import type { Terminal } from "../terminal.ts";
import { show } from "./show.ts";
import { currentOf, readTold, streamsOf, type Told } from "./stream.ts";

/** Where rollouts stand, folded from the ledger: the target is not asked and nothing is written. */
export async function showStatus(argument: Arguments, terminal: Terminal): Promise<number> {
  const ledger = openHome(argument, terminal);
  const resolved = await policyHere(argument);
  const streams = await streamsOf(argument, ledger, resolved);
  const told = await tellingOf(ledger, streams);
  if (told.length === 0)
    throw new UserError(
      "no-rollout",
      "The ledger tells of no rollout there. Name --service and --environment, or another ledger.",
    );
  const picture = argument.given("svg");
  if (picture !== undefined) await draw(told, picture);
  if (argument.flag("watch")) return watch(ledger, told, argument, terminal);
  if (argument.flag("json")) terminal.out(documentText(documentsOf(told)));
  else showAll(told, argument, terminal);
  return exitCodes.go;
}

async function tellingOf(ledger: Ledger, streams: readonly string[]): Promise<Told[]> {
  const told = await Promise.all(streams.map((stream) => readTold(ledger, stream)));
  return told.filter(({ rollouts }) => rollouts.size > 0);
}

async function draw(told: readonly Told[], path: string): Promise<void> {
  const [only, ...more] = told;
  const state = only === undefined ? undefined : currentOf(only.rollouts);
  if (only === undefined || state === undefined || more.length > 0)
    throw new UserError(
      "ambiguous-rollout",
      "A picture shows one rollout, and the ledger tells of several services. Name one with --service.",
      exitCodes.usage,
    );
  const now = new Date().toISOString();
  await writeText(path, renderRolloutSvg(state, eventsOf(only.events, state), now));
}

/** Always a list, so that a program need not know how many services there are. */
function documentsOf(told: readonly Told[]) {
  const now = new Date().toISOString();
  return told.flatMap(({ rollouts, lease }) => {
    const state = currentOf(rollouts);
    return state === undefined ? [] : [statusOf(state, lease, now)];
  });
}

function showAll(told: readonly Told[], argument: Arguments, terminal: Terminal): void {
  for (const [index, { rollouts, lease }] of told.entries()) {
    const state = currentOf(rollouts);
    if (index > 0) terminal.out("\n");
    if (state !== undefined) show(state, argument, terminal, lease);
  }
}

const lookMs = 1000;
const fromAbove = `${String.fromCharCode(0x1b)}[H${String.fromCharCode(0x1b)}[J`;

/** Shown anew whenever the ledger has grown, until all has ended. A screen is drawn over, a log goes on below. */
async function watch(
  ledger: Ledger,
  first: Told[],
  argument: Arguments,
  terminal: Terminal,
): Promise<number> {
  const { stop, close } = stopOfProcess();
  const streams = first.map(({ stream }) => stream);
  let told = first;
  let before = "";
  try {
    while (true) {
      const heads = told.map(({ head }) => head?.hash ?? "").join(" ");
      if (heads !== before) {
        if (terminal.colour) terminal.out(fromAbove);
        else if (before !== "") terminal.out("\n");
        if (argument.flag("json")) terminal.out(documentText(documentsOf(told)));
        else showAll(told, argument, terminal);
      }
      before = heads;
      const over = told.every(({ rollouts }) => currentOf(rollouts)?.doing.kind === "ended");
      if (over || stop.aborted) return exitCodes.go;
      await sleep(lookMs, undefined, { signal: stop }).catch(() => undefined);
      told = await tellingOf(ledger, streams);
    }
  } finally {
    close();
  }
}
