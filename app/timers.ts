import { type Db, PgBoss } from "pg-boss";
import * as z from "zod";
import type { Database } from "../adapters/database/database.ts";
import { insertDeliveries } from "./inbox/store.ts";
import type { Timer } from "./ports.ts";

/**
 * What is to happen at a moment, kept by pg-boss in the same database. A timer that is due becomes a delivery of the
 * inbox under its job's name: so it waits its turn in its lane, and a job that runs twice is stored once. Each key has
 * one timer, which a later call moves.
 */
export type Timers = {
  later(timer: Timer, at: Date): Promise<void>;
  stop(): Promise<void>;
};

const queue = "timers";
const kept = z.object({
  key: z.string(),
  lane: z.string(),
  installation: z.number(),
  payload: z.looseObject({ kind: z.string(), repository: z.string() }),
});

export type TimerOptions = {
  database: Database;
  due(lane: { lane: string; installation_id: number }): void;
  warn(sentence: string): void;
};

export async function startTimers({ database, due, warn }: TimerOptions): Promise<Timers> {
  const boss = new PgBoss({ db: asBossDatabase(database), schema: "jobs" });
  boss.on("error", (error: Error) => warn(`Timers: ${error.message}`));
  await boss.start();
  await boss.createQueue(queue, { policy: "short", retryLimit: 20, retryDelay: 2, retryBackoff: true });
  await boss.work(queue, { batchSize: 100, pollingIntervalSeconds: 1 }, async (jobs) => {
    const timers = jobs.map((job) => ({ id: job.id, timer: kept.parse(job.data) }));
    await insertDeliveries(
      database,
      timers.map(({ id, timer }) => ({
        id: `timer-${id}`,
        event: "timer",
        address: {
          action: timer.payload.kind,
          installation: timer.installation,
          repository: timer.payload.repository,
          lane: timer.lane,
        },
        payload: JSON.stringify(timer.payload),
      })),
    );
    for (const { timer } of timers) due({ lane: timer.lane, installation_id: timer.installation });
  });
  return {
    async later(timer, at) {
      await boss.upsert(queue, timer, { singletonKey: timer.key, startAfter: at });
    },
    stop: () => boss.stop({ graceful: true, timeout: 5000 }),
  };
}

function asBossDatabase(database: Database): Db {
  return { executeSql: async (text, values) => ({ rows: await database.query(text, values) }) };
}
