import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Database } from "../../../adapters/database/database.ts";
import { openDatabase } from "../../../adapters/database/index.ts";
import { nextInLane, readyLanes } from "../../../app/inbox/store.ts";
import { startSampleGitHub, type TestGitHub } from "../../app/app.ts";
import { type Postgres, startPostgres } from "../../postgres.ts";
import { killAll, random, startAppProcess } from "./app-process.ts";
import { happenings } from "./deliveries.ts";

/** What an inbox of 100,000 rows does to a start, to a delivery that comes then, and to memory. */
const rows = 100_000;
const payloadBytes = 4_000;
let world: TestGitHub;
let postgres: Postgres;
let database: Database;

beforeAll(async () => {
  postgres = await startPostgres();
  world = await startSampleGitHub();
  database = await openDatabase({ url: postgres.url });
  await fill("done", 0);
  // An event that is stored in its order, and that nobody answers to: what is measured is the inbox.
  await fill("waiting", payloadBytes);
  await database.query("analyze inbox");
});
afterAll(async () => {
  killAll();
  await database?.close();
  await world?.close();
  await postgres?.stop();
});

/** Most rows are those of one busy installation; 2,000 lanes of it, and 10,000 lanes of 100 others. */
async function fill(state: string, bytes: number): Promise<void> {
  await database.query(
    `insert into inbox (delivery_id, event, installation_id, repository, lane, payload, state, finished_at)
     select $1::text || n, 'deployment', case when n % 10 < 8 then 7 else 1000 + n / 10 % 100 end, 'acme/many',
       case when n % 10 < 8 then 'busy^' || n % 2000 else 'calm^' || n % 20000 end,
       '{"ref":"' || repeat('x', $2::int) || '"}', $1::text, case when $1::text = 'done' then now() end
     from generate_series(1, $3::int) n`,
    [state, bytes, rows],
  );
}

const waiting = async (): Promise<number> => {
  const [row] = await database.query("select count(*)::int as count from inbox where state = 'waiting'");
  return Number(row?.count);
};

/** The plan of what a function asks, as the server would run it. */
async function planOf(ask: (database: Pick<Database, "query">) => Promise<unknown>): Promise<string> {
  const plans: string[] = [];
  await ask({
    query: async (sql, parameters) => {
      const lines = await database.query(`explain ${sql}`, parameters);
      plans.push(lines.map((line) => String(line["QUERY PLAN"])).join("\n"));
      return [];
    },
  });
  return plans.join("\n");
}

test("the next row of a lane, and the lanes with something to do, are found by index", async () => {
  const next = await planOf((explained) => nextInLane(explained, "busy^7", new Date()));
  expect(next).toContain("inbox_waiting");
  expect(next).not.toContain("Seq Scan");
  const lanes = await planOf((explained) => readyLanes(explained, new Date(), 500));
  expect(lanes).not.toContain("Seq Scan");
  const started = performance.now();
  const found = await readyLanes(database, new Date(), 500);
  const looked = performance.now();
  await nextInLane(database, "busy^7", new Date());
  console.log(
    `Looking for lanes: ${(looked - started).toFixed(0)} ms; the next row: ${(performance.now() - looked).toFixed(1)} ms.`,
  );
  expect(found).toHaveLength(500);
  // Each of the 101 installations is among the first.
  expect(new Set(found.slice(0, 101).map((lane) => lane.installation_id)).size).toBe(101);
});

/** Enough to see that it goes on, and takes no more memory as it does; all of them take a quarter of an hour. */
const workedOff = 2000;

test("the App starts, answers and works them off in little memory, and a new delivery does not wait for them", {
  timeout: 900_000,
}, async () => {
  const life = happenings(world, random(5));
  const empty = await postgres.fresh();
  const baseline = await startAppProcess(world, empty);
  await sleep(1000);
  const baselineMb = await residentMb(baseline.pid);
  expect(await baseline.terminate()).toBe(0);

  const began = performance.now();
  const app = await startAppProcess(world, postgres.url);
  const up = performance.now();
  const times: number[] = [];
  for (const { number } of Object.values(world.sample.pulls)) {
    const opened = await life.opened(number);
    const sent = performance.now();
    expect(await life.send(opened, app.url)).toBe(true);
    times.push(performance.now() - sent);
  }
  // A pull request of another installation is answered long before the rest is worked off.
  const hasCheck = () =>
    [...world.github.repository("acme/shop").checkRuns.values()].filter((one) => one.status === "completed")
      .length;
  await expect.poll(hasCheck, { timeout: 120_000, interval: 20 }).toBe(3);
  const answered = performance.now();
  const left = await waiting();
  expect(left).toBeGreaterThan(rows / 4);
  let mostMb = 0;
  while ((await waiting()) > left - workedOff) {
    mostMb = Math.max(mostMb, await residentMb(app.pid));
    await sleep(250);
  }
  console.log(
    `Start ${ms(began, up)}; acknowledged in ${times.map((time) => time.toFixed(0)).join(", ")} ms;`,
    `three pull requests answered ${ms(up, answered)} after the start, with ${left} rows waiting;`,
    `${workedOff} more took ${ms(answered, performance.now())}; memory ${baselineMb} MB empty, ${mostMb} MB at most.`,
  );
  expect(mostMb).toBeLessThan(baselineMb + 200);
  const [parked] = await database.query("select count(*)::int as count from inbox where state = 'parked'");
  expect(parked?.count).toBe(0);
  expect(await app.terminate()).toBe(0);
  expect(world.github.violations()).toEqual([]);
});

const ms = (from: number, to: number): string => `${(to - from).toFixed(0)} ms`;

async function residentMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
