import { appendWithRetry } from "../evidence/append.ts";
import type { LedgerEvent } from "../evidence/event.ts";
import { tampered } from "../evidence/fault.ts";
import type { Around } from "./around.ts";
import type { Notice } from "./effect.ts";
import { rolloutEvent } from "./events.ts";
import { foldStream } from "./fold-stream.ts";
import { neighboursOf } from "./neighbours.ts";
import { stoppingOf } from "./stops.ts";

/**
 * Pages that an environment has stopped, once: for the rollback that stopped it, whoever comes upon it first. What was
 * told and not written down any more is told for the same rollout again, and so is known again.
 */
export async function pageStop(around: Around): Promise<void> {
  const { ledger, stream, people, believes, retry } = around;
  const { rollbacks, withinSeconds } = around.rules.environment;
  const own = await ledger.read(stream);
  const here = { chain: own, rollouts: foldStream(own.events, believes) };
  const all = [here, ...(await neighboursOf(around))];
  for (const { chain } of all) if (chain.fault !== undefined) throw tampered(chain.fault);
  const now = around.now();
  const stopping = stoppingOf(
    all.map((one) => one.rollouts),
    around.rules.environment,
    now,
  );
  const isPaged = (events: readonly LedgerEvent[]): boolean =>
    events.some((event) => isPage(event) && Date.parse(event.at) > Date.parse(now) - withinSeconds * 1000);
  if (stopping === null || all.some(({ chain }) => isPaged(chain.events))) return;
  const { rollout } = stopping;
  const home = all.find(({ rollouts }) => rollouts.has(rollout));
  const state = home?.rollouts.get(rollout);
  if (home === undefined || state === undefined) return;
  const notice: Notice = {
    kind: "page",
    code: stopCode,
    sentence: `${rollbacks} rollouts of ${state.plan.environment} were taken back within ${withinSeconds / 60} minutes, and nothing new begins there until ${stopping.until}. Look for what they share.`,
  };
  const where = await people.tell(state, notice);
  const body = { rollout, notice, ...(where === undefined ? {} : { where }) };
  const event = { kind: "notice" as const, at: now, actor: around.actor, nonce: around.nonce(), body };
  await appendWithRetry(ledger, home.chain.stream, ({ events }) => (isPaged(events) ? [] : [event]), retry);
}

const stopCode = "environment-stopped";

function isPage(event: LedgerEvent): boolean {
  const known = event.kind === "notice" ? rolloutEvent(event) : null;
  return known?.kind === "notice" && known.body.notice.code === stopCode;
}
