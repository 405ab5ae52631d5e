import { exitCodes, UserError } from "../errors.ts";
import type { Chain, Head, Ledger } from "../ports.ts";
import type { LedgerEvent, NewEvent } from "./event.ts";
import { tampered } from "./fault.ts";
import { HeadMoved } from "./head-moved.ts";

/** The randomness and the clock of retrying are passed in: the core has neither. */
export type Retry = {
  attempts: number;
  /** A number from 0 up to 1. */
  random: () => number;
  wait: (milliseconds: number) => Promise<void>;
};
export const defaultAttempts = 40;
const firstPauseMs = 25;
const longestPauseMs = 2000;

export type Appended = { chain: Chain; appended: LedgerEvent[] };

/**
 * Appends what `build` makes of the chain as it stands. `build` must be a pure function of the chain, because it is
 * asked again whenever another writer came first; an empty list means that there is nothing to write any more.
 */
export async function appendWithRetry(
  ledger: Ledger,
  stream: string,
  build: (chain: Chain) => NewEvent[],
  retry: Retry,
): Promise<Appended> {
  let uncertain: NewEvent[] = [];
  return await retrying(stream, retry, async () => {
    const chain = await ledger.read(stream);
    if (chain.fault !== undefined) throw tampered(chain.fault);
    const landed = found(chain, uncertain);
    if (landed !== null) return landed;
    const events = build(chain);
    uncertain = events;
    if (events.length === 0) return { chain, appended: [] };
    return { chain, appended: await ledger.append(stream, events, chain.head) };
  });
}

/**
 * Appends events that do not depend on what stands before them, without reading the chain: the cost of recording a
 * decision stays the same however long the stream has grown. After an append whose answer was lost the chain is
 * read once, so that nothing is written twice.
 */
export async function record(
  ledger: Ledger,
  stream: string,
  events: NewEvent[],
  retry: Retry,
): Promise<LedgerEvent[]> {
  let uncertain = false;
  return await retrying(stream, retry, async () => {
    let head: Head | null;
    if (uncertain) {
      const chain = await ledger.read(stream);
      const landed = found(chain, events);
      if (landed !== null) return landed.appended;
      if (chain.fault !== undefined) throw tampered(chain.fault);
      head = chain.head;
    } else head = await ledger.head(stream);
    uncertain = true;
    try {
      return await ledger.append(stream, events, head);
    } catch (error) {
      uncertain = !(error instanceof HeadMoved);
      throw error;
    }
  });
}

/** An append that failed with an unknown outcome may have been written: its nonces say so. */
function found(chain: Chain, events: NewEvent[]): Appended | null {
  const nonces = new Set(events.map((event) => event.nonce));
  const appended = chain.events.filter((event) => nonces.has(event.nonce));
  const first = appended[0];
  if (first === undefined) return null;
  const before = chain.events.slice(0, first.sequence);
  const last = before.at(-1);
  const head = last === undefined ? null : { sequence: last.sequence, hash: last.hash };
  return { chain: { stream: chain.stream, events: before, head }, appended };
}

/** Losing a race is normal and passes soon; a home that cannot be reached is tried a few times only. */
const mostOutages = 3;

async function retrying<Result>(
  stream: string,
  retry: Retry,
  attempt: () => Promise<Result>,
): Promise<Result> {
  let outages = 0;
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      const lost = error instanceof HeadMoved;
      if (!lost && !isOutage(error)) throw error;
      if (!lost) outages += 1;
      if (outages >= mostOutages) throw error;
      if (count >= retry.attempts) throw lost ? tooBusy(stream, count) : error;
      const ceiling = Math.min(longestPauseMs, firstPauseMs * 1.5 ** count);
      await retry.wait(Math.round(ceiling * retry.random()));
    }
  }
}

function isOutage(error: unknown): boolean {
  return error instanceof UserError && error.reasonCode === "ledger-unavailable";
}

function tooBusy(stream: string, attempts: number): UserError {
  return new UserError(
    "ledger-unavailable",
    `The ledger's stream ${stream} was written by others ${attempts} times in a row while an event waited its turn. ` +
      "Nothing was written; run the step again, and give its job a `concurrency` group if that happens often.",
    exitCodes.unavailable,
  );
}
