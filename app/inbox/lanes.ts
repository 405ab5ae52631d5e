import { setTimeout as sleep } from "node:timers/promises";
import type { Database } from "../../adapters/database/database.ts";
import { finish, nextInLane, park, putBack, type ReadyLane, readyLanes, type Waiting } from "./store.ts";
import { turns } from "./turns.ts";

export type LaneOptions = {
  database: Database;
  now(): Date;
  handle(row: Waiting, signal: AbortSignal): Promise<void>;
  /** How long to wait before another attempt; undefined where none would help. */
  retryAfterMs(error: unknown, attempts: number): number | undefined;
  warn(sentence: string): void;
  /** Told of what was set aside, which a person has to look at. */
  parked(sentence: string): void;
  /** Told how each attempt ended, for metrics. */
  handled?(row: Waiting, outcome: Outcome, seconds: number): void;
  atOnce?: number;
  /** Of one installation, so that a crowd of its pull requests leaves room, and time, for the others. */
  atOnceEach?: number;
  pollMs?: number;
};

/** A container is usually killed after half a minute. */
const longestDrainMs = 20_000;

export type Outcome = "done" | "superseded" | "retried" | "parked";

export type Lanes = {
  /** Something was stored for this lane. */
  wake(lane: ReadyLane): void;
  /**
   * Takes nothing new and settles when the work in hand is finished. What is not after this time may write nothing any
   * more, and waits in the inbox for another process.
   */
  drain(withinMs?: number): Promise<void>;
};

/**
 * Works off the inbox: a lane at a time in order, many lanes beside each other, installations in turn. Which process
 * has a lane is told by a lock that ends with its process, so a killed one's lanes are free at once; the poll finds
 * what it left. See docs/decisions/inbox.md.
 */
export function startLanes(options: LaneOptions): Lanes {
  const { database, atOnce = 64, atOnceEach = 10, pollMs = 500 } = options;
  const queue = turns();
  const running = new Map<string, { work: Promise<void>; lost: AbortController }>();
  const each = new Map<number | null, number>();
  const count = (installation: number | null, more: 1 | -1): void => {
    const left = (each.get(installation) ?? 0) + more;
    if (left > 0) each.set(installation, left);
    else each.delete(installation);
  };
  let stopping = false;

  const fill = (): void => {
    while (!stopping && running.size < atOnce) {
      const taken = queue.take(
        (name) => running.has(name),
        (installation) => (each.get(installation) ?? 0) >= atOnceEach,
      );
      if (taken === undefined) return;
      const { lane, installation } = taken;
      count(installation, 1);
      const lost = new AbortController();
      const work = workLane(options, lane, { isStopping: () => stopping, lost })
        .catch((error: unknown) => options.warn(`Lane ${lane}: ${messageOf(error)}`))
        .finally(() => {
          running.delete(lane);
          count(installation, -1);
          fill();
        });
      running.set(lane, { work, lost });
    }
  };
  let skipped = 0;
  const poll = async (): Promise<void> => {
    // What waits here is worked off first; what another process left is looked for now and then all the same.
    if (stopping || (queue.size() > 0 && skipped++ < mostSkipped)) return;
    skipped = 0;
    for (const lane of await readyLanes(database, options.now(), 500))
      if (!running.has(lane.lane)) queue.add(lane.lane, lane.installation_id);
    fill();
  };
  let polling: Promise<void> = Promise.resolve();
  const timer = setInterval(() => {
    polling = polling.then(poll).catch((error: unknown) => options.warn(messageOf(error)));
  }, pollMs);
  polling = poll().catch((error: unknown) => options.warn(messageOf(error)));

  return {
    wake(lane) {
      queue.add(lane.lane, lane.installation_id);
      fill();
    },
    async drain(withinMs = longestDrainMs) {
      stopping = true;
      clearInterval(timer);
      const ended = new AbortController();
      const finished = Promise.all([polling, ...[...running.values()].map(({ work }) => work)]);
      await Promise.race([
        finished,
        sleep(withinMs, undefined, { signal: ended.signal }).catch(() => undefined),
      ]);
      ended.abort();
      for (const [lane, { lost }] of running) {
        lost.abort();
        options.warn(
          `Lane ${lane} is not finished after ${withinMs / 1000} s; it waits for another process.`,
        );
      }
    },
  };
}

const mostSkipped = 10;

async function workLane(
  options: LaneOptions,
  lane: string,
  { isStopping, lost }: { isStopping(): boolean; lost: AbortController },
): Promise<void> {
  const { database } = options;
  const release = await database.tryLock(`lane ${lane}`, () => lost.abort());
  if (!release) return;
  try {
    let row = isStopping() ? undefined : await nextInLane(database, lane, options.now());
    while (row && !isStopping() && !lost.signal.aborted) row = await workRow(options, row, lost.signal);
  } finally {
    await release();
  }
}

/** Gives the next row of the lane. */
async function workRow(
  options: LaneOptions,
  row: Waiting,
  signal: AbortSignal,
): Promise<Waiting | undefined> {
  const { database } = options;
  const began = performance.now();
  const ended = (outcome: Outcome): void =>
    options.handled?.(row, outcome, (performance.now() - began) / 1000);
  if (row.superseded) {
    const next = await finish(database, row, "a later delivery says more", options.now());
    ended("superseded");
    return next;
  }
  try {
    await options.handle(row, signal);
    signal.throwIfAborted();
    const next = await finish(database, row, null, options.now());
    ended("done");
    return next;
  } catch (error) {
    if (signal.aborted) return undefined;
    const wait = options.retryAfterMs(error, row.attempts + 1);
    const message = messageOf(error);
    const sentence = `${row.event} ${row.delivery_id}, attempt ${row.attempts + 1}: ${message}`;
    if (wait === undefined) {
      await park(database, row.sequence, message);
      ended("parked");
      options.parked(sentence);
    } else {
      options.warn(sentence);
      await putBack(database, row.sequence, message, new Date(options.now().getTime() + wait));
      ended("retried");
    }
    return nextInLane(database, row.lane, options.now());
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
