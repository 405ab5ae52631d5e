import type { RolloutCommand } from "../../../core/commands/rollout.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import { foldLease, isExpired } from "../../../core/evidence/lease.ts";
import type { Ledger } from "../../../core/ports.ts";
import { code, inline } from "../../../core/render/escape.ts";
import { renderRolloutMarkdown } from "../../../core/render/rollout/markdown.ts";
import { type Command, rolloutEvent } from "../../../core/rollout/events.ts";
import { foldStream, unfinished } from "../../../core/rollout/fold-stream.ts";
import { means, statusOf } from "../../../core/rollout/status.ts";
import { recordMissing } from "../../record.ts";
import { forsakenIn } from "../../rollouts/forsaken.ts";
import { wakeRollout } from "../../rollouts/wake.ts";
import { type Answer, did, type RolloutAsking, refuse } from "../answer.ts";
import { type Found, lastRollouts, meantBy } from "./known.ts";
import { refusedToSay } from "./may.ts";

/** `/rollout <word>`: how it stands, or a word for the record that whoever drives the rollout reads there. */
export async function sayRollout(command: RolloutCommand, asking: RolloutAsking): Promise<Answer> {
  const { said, work, here } = asking;
  const { ledger } = here;
  if (typeof ledger === "string") return refuse("ledger-elsewhere", ledger);
  const now = work.now.toISOString();
  const found = await lastRollouts(command, here.reading(ledger), asking);
  const meant = meantBy(command, found, { said, now });
  if (command.word === "status") {
    if ("stream" in meant) return did(statusText(meant, now));
    const going = found.filter(({ state }) => state.doing.kind !== "ended");
    const shown = (going.length > 0 ? going : newestFirst(found)).slice(0, 5);
    return shown.length === 0 ? meant : did(shown.map((one) => statusText(one, now)).join("\n\n"));
  }
  if ("done" in meant) return meant;
  const refused = await refusedToSay(command.word, meant.state, asking);
  return refused ?? (await record(command.word, command.reason, meant, { ledger, asking }));
}

/**
 * Writes the word once, however often its comment comes. One that changes nothing at the moment stands there as well:
 * the same comment that comes again later is not to mean more than it did.
 */
export async function record(
  command: Command,
  reason: string | undefined,
  { stream, state: { plan } }: Pick<Found, "stream" | "state">,
  { ledger, asking }: { ledger: Ledger; asking: RolloutAsking },
): Promise<Answer> {
  const { said, person, work } = asking;
  const now = work.now.toISOString();
  const { rollout } = plan;
  const source = sourceOf(asking);
  const body = { rollout, command, reason: reason ?? "no reason given", by: person, source };
  const { events } = await recordMissing(
    { ...work, ledger: () => ledger },
    said.repository,
    (known) => {
      const state = foldStream(known).get(rollout);
      if (state === undefined || known.some((one) => isSaid(one, body))) return [];
      if (state.doing.kind === "ended" && !means(state, command, now)) return [];
      return [{ kind: "command", actor: person, body }];
    },
    stream,
  );
  const after = foldStream(events).get(rollout);
  const stands =
    after === undefined ? "" : statusText({ stream, state: after, lease: foldLease(events) }, now);
  const index = events.findIndex((one) => isSaid(one, body));
  const before = foldStream(events.slice(0, Math.max(0, index))).get(rollout);
  if (before === undefined || !means(before, command, now))
    return {
      done: false,
      reason: "nothing-to-change",
      markdown: `${code(`/rollout ${command}`)} changes nothing as it stands.\n\n${stands}`,
    };
  await wakeRollout({ repository: said.repository, stream, why: "said" }, work.now, work);
  const why = reason === undefined ? "" : `: ${inline(reason, 600)}`;
  const follows = whoFollows(events, asking);
  return did(`${code(`@${person}`)} said ${code(command)}${why}\n\nIt is recorded; ${follows}\n\n${stands}`);
}

/** Who may be dead is not said to follow. */
function whoFollows(
  events: readonly LedgerEvent[],
  { here, work }: Pick<RolloutAsking, "here" | "work">,
): string {
  const { held } = foldLease(events);
  const going = unfinished(foldStream(events));
  if (going === undefined || (held !== null && !isExpired(held, work.now.toISOString())))
    return "whoever drives the rollout follows it.";
  const workflow = here.configuration["watchdog-workflow"];
  const from = forsakenIn(events, here, work.now)?.fromMs ?? Number.POSITIVE_INFINITY;
  return workflow !== undefined && from <= work.now.getTime()
    ? `nobody drives the rollout now, so a run of ${code(workflow)} is asked for.`
    : "nobody drives the rollout now: run its job again.";
}

/** The comment by which a word is known again, and looked up before it is believed. */
export function sourceOf({ said }: Pick<RolloutAsking, "said">): string {
  return said.url ?? `comment ${said.id} in ${said.repository}`;
}

export function isSaid(
  event: LedgerEvent,
  { rollout, command, source }: { rollout: string; command: Command; source: string },
): boolean {
  const known = rolloutEvent(event);
  return (
    known?.kind === "command" &&
    known.body.rollout === rollout &&
    known.body.command === command &&
    known.body.source === source
  );
}

function statusText({ state, lease }: Found, now: string): string {
  return renderRolloutMarkdown(statusOf(state, lease, now)).trim();
}

function newestFirst(found: readonly Found[]): Found[] {
  return [...found].sort((left, right) => right.state.openedAt.localeCompare(left.state.openedAt));
}
