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
  atOnce?: number;
  pollMs?: number;
};

export type Lanes = {
  /** Something was stored for this lane. */
  wake(lane: ReadyLane): void;
  /** Takes nothing new and settles when the work in hand is finished. */
  drain(): Promise<void>;
};

/**
 * Works off the inbox: a lane at a time in order, many lanes beside each other, installations in turn. Which process
 * has a lane is told by a lock that ends with its process, so a killed one's lanes are free at once; the poll finds
 * what it left. See docs/decisions/inbox.md.
 */
export function startLanes(options: LaneOptions): Lanes {
  const { database, atOnce = 24, pollMs = 500 } = options;
  const queue = turns();
  const running = new Map<string, Promise<void>>();
  let stopping = false;

  const fill = (): void => {
    while (!stopping && running.size < atOnce) {
      const lane = queue.take((name) => running.has(name));
      if (lane === undefined) return;
      const work = workLane(options, lane, () => stopping)
        .catch((error: unknown) => options.warn(`Lane ${lane}: ${messageOf(error)}`))
        .finally(() => {
          running.delete(lane);
          fill();
        });
      running.set(lane, work);
    }
  };
  const poll = async (): Promise<void> => {
    if (stopping || queue.size() > 0) return;
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
    async drain() {
      stopping = true;
      clearInterval(timer);
      await polling;
      await Promise.all(running.values());
    },
  };
}

async function workLane(options: LaneOptions, lane: string, isStopping: () => boolean): Promise<void> {
  const { database } = options;
  const lost = new AbortController();
  const release = await database.tryLock(`lane ${lane}`, () => lost.abort());
  if (!release) return;
  try {
    while (!isStopping() && !lost.signal.aborted) {
      const row = await nextInLane(database, lane, options.now());
      if (!row) return;
      await workRow(options, row, lost.signal);
    }
  } finally {
    await release();
  }
}

async function workRow(options: LaneOptions, row: Waiting, signal: AbortSignal): Promise<void> {
  const { database } = options;
  if (row.superseded) return await finish(database, row.sequence, "a later delivery says more");
  try {
    await options.handle(row, signal);
    signal.throwIfAborted();
    await finish(database, row.sequence, null);
  } catch (error) {
    if (signal.aborted) return;
    const wait = options.retryAfterMs(error, row.attempts + 1);
    const message = messageOf(error);
    const sentence = `${row.event} ${row.delivery_id}, attempt ${row.attempts + 1}: ${message}`;
    if (wait === undefined) {
      await park(database, row.sequence, message);
      return options.parked(sentence);
    }
    options.warn(sentence);
    await putBack(database, row.sequence, message, new Date(options.now().getTime() + wait));
  }
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).slice(0, 1000);
}
