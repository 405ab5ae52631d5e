import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { secret, slug, startSampleGitHub, type TestGitHub } from "../../app/app.ts";
import { type Postgres, startPostgres } from "../../postgres.ts";
import { asking, killAll, random, startAppProcess, workedOff } from "./app-process.ts";
import { happenings } from "./deliveries.ts";
import { expectOnce } from "./once.ts";

/** PostgreSQL goes and comes back under one App that goes on living. */
let world: TestGitHub;
let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
});
beforeEach(async () => {
  world = await startSampleGitHub(20);
});
afterEach(async () => {
  killAll();
  await world?.close();
});
afterAll(() => postgres?.stop());

const ready = async (url: string): Promise<number> => (await fetch(`${url}/health/ready`)).status;

test("what is refused while the database is away is asked for once it is back, and nothing is doubled", {
  timeout: 1_800_000,
}, async () => {
  const life = happenings(world, random(31));
  const app = await startAppProcess(world, postgres.url);
  const known = world.github.world.apps.get(slug);
  if (!known) throw new Error("The App is not there.");
  // Where GitHub sends again what it is asked to send again.
  known.webhook = { url: `${app.url}/webhooks`, secret };
  const sent: string[] = [];
  for (const { number } of Object.values(world.sample.pulls)) {
    const opened = await life.opened(number);
    sent.push(opened.id);
    expect(await life.send(opened, app.url)).toBe(true);
  }
  await workedOff(postgres.url, 30_000);
  let refused = 0;
  for (let outage = 0; outage < 3; outage += 1) {
    const inHand = await Promise.all([life.next(), life.next(), life.next("issue_comment"), life.next()]);
    const taken = Promise.all(inHand.map((one) => life.send(one, app.url)));
    // The first ones are in the middle of their lanes, and the last ones in the middle of being stored.
    await sleep(40 + outage * 60);
    await postgres.kill();
    await taken;
    sent.push(...inHand.map(({ id }) => id));
    const away = await Promise.all([life.next(), life.next("issue_comment"), life.next()]);
    for (const one of away) {
      sent.push(one.id);
      expect(await life.send(one, app.url)).toBe(false);
      expect(world.github.world.deliveries.at(-1)?.statusCode).toBe(503);
      refused += 1;
    }
    expect(await ready(app.url)).toBe(503);
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    await sleep(500);
    await postgres.restart();
    await expect.poll(() => ready(app.url), { timeout: 60_000 }).toBe(200);
    const back = performance.now();
    await arrived(sent);
    await workedOff(postgres.url, 120_000);
    console.log(`Outage ${outage + 1}: all done ${Math.round(performance.now() - back)} ms after it.`);
  }
  const counts = await expectOnce(world, postgres.url, { sent, happened: life.happened });
  console.log(`${refused} deliveries were refused;`, counts);
  expect(await app.terminate()).toBe(0);
});

/** The sweep asks for what was refused; what fails once more comes with the round of five minutes. Nothing is started again. */
async function arrived(sent: readonly string[]): Promise<void> {
  await asking(postgres.url, async (database) => {
    const missing = async () => {
      const known = "select delivery_id from inbox where delivery_id = any($1::text[])";
      const here = new Set((await database.query(known, [sent])).map((row) => row.delivery_id));
      return sent.filter((id) => !here.has(id));
    };
    await expect.poll(missing, { timeout: 420_000, interval: 200 }).toEqual([]);
  });
}

test("a connection that breaks in the middle of a lane loses its lock, writes nothing more, and the work is done once", {
  timeout: 600_000,
}, async () => {
  const url = await postgres.fresh();
  const life = happenings(world, random(77));
  const apps = [await startAppProcess(world, url), await startAppProcess(world, url)];
  const sent: string[] = [];
  for (const { number } of Object.values(world.sample.pulls)) {
    const opened = await life.opened(number);
    sent.push(opened.id);
    expect(await life.send(opened, apps[0]?.url ?? "")).toBe(true);
  }
  await workedOff(url, 30_000);
  for (let round = 0; round < 12; round += 1) {
    const fresh = await Promise.all([life.next(), life.next("issue_comment"), life.next()]);
    const before = world.github.requests.length;
    for (const [index, one] of fresh.entries()) {
      sent.push(one.id);
      expect(await life.send(one, apps[index % 2]?.url ?? "")).toBe(true);
    }
    while (world.github.requests.length < before + 1 + round) await sleep(1);
    await breakLocks(url);
    await workedOff(url, 30_000);
  }
  const counts = await expectOnce(world, url, { sent, happened: life.happened });
  console.log("Locks lost 12 times;", counts);
  for (const app of apps) expect(await app.terminate()).toBe(0);
});

/** As a server ends the sessions that hold the locks of lanes, and no other. */
async function breakLocks(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    "select pg_terminate_backend(pid) from (select distinct pid from pg_locks where locktype = 'advisory') held where pid <> pg_backend_pid()",
  );
  await client.end();
}
