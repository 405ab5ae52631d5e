import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSampleGitHub, type TestGitHub } from "../../app/app.ts";
import { type Postgres, startPostgres } from "../../postgres.ts";
import { asking, killAll, random, startAppProcess, workedOff } from "./app-process.ts";
import { happenings, type Waiting } from "./deliveries.ts";
import { expectOnce } from "./once.ts";

/** Several processes on one database: one dies, or is asked to go, while another lives. */
let world: TestGitHub;
let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
  world = await startSampleGitHub(20);
});
afterAll(async () => {
  killAll();
  await world?.close();
  await postgres?.stop();
});

test("a replica that lives takes over, within moments, what a killed one had in hand", {
  timeout: 900_000,
}, async () => {
  const kills = 25;
  const next = random(4_711);
  const life = happenings(world, next);
  const sent: string[] = [];
  const survivor = await startAppProcess(world, postgres.url);
  const deliver = async (waiting: Waiting, url: string): Promise<void> => {
    sent.push(waiting.id);
    // Refused by the one that dies, it is sent again, as the sweep has it sent, to whom the balancer still knows.
    if (!(await life.send(waiting, url))) expect(await life.send(waiting, survivor.url)).toBe(true);
  };
  for (const { number } of Object.values(world.sample.pulls))
    await deliver(await life.opened(number), survivor.url);
  await workedOff(postgres.url, 30_000);
  for (let kill = 0; kill < kills; kill += 1) {
    const dying = await startAppProcess(world, postgres.url);
    const fresh = [await life.next(), await life.next(), await life.next()];
    const delivered = Promise.all(
      fresh.map((one, index) => deliver(one, index === 0 ? survivor.url : dying.url)),
    );
    await sleep(next() * 300);
    await dying.kill();
    await delivered;
  }
  const killed = performance.now();
  await workedOff(postgres.url, 120_000);
  const counts = await expectOnce(world, postgres.url, { sent, happened: life.happened });
  console.log(
    `${kills} kills; all done ${Math.round(performance.now() - killed)} ms after the last;`,
    counts,
  );
  expect(await survivor.terminate()).toBe(0);
});

test("SIGTERM finishes what is in hand, takes nothing new, and exits 0", async () => {
  const url = await postgres.fresh();
  const next = random(815);
  const life = happenings(world, next);
  const app = await startAppProcess(world, url);
  const sent: string[] = [];
  for (const { number } of Object.values(world.sample.pulls)) {
    const opened = await life.opened(number);
    sent.push(opened.id);
    expect(await life.send(opened, app.url)).toBe(true);
  }
  await workedOff(url, 30_000);
  const inHand = [await life.next("issue_comment"), await life.next("deployment_protection_rule")];
  for (const one of inHand) {
    sent.push(one.id);
    expect(await life.send(one, app.url)).toBe(true);
  }
  const before = world.github.requests.length;
  while (world.github.requests.length < before + 2) await sleep(1);
  const asked = performance.now();
  const ended = app.terminate();
  await sleep(50);
  const late = await life.next("pull_request");
  const taken = await life.send(late, app.url);
  expect(await ended).toBe(0);
  console.log(`SIGTERM to exit: ${Math.round(performance.now() - asked)} ms.`);
  expect(taken).toBe(false);
  const rows = await asking(url, (database) =>
    database.query("select delivery_id, state, attempts from inbox where event <> 'timer' order by sequence"),
  );
  // Each was finished, at its first attempt: nothing was cut in the middle.
  expect(rows).toEqual(sent.map((id) => ({ delivery_id: id, state: "done", attempts: 0 })));
  const other = await startAppProcess(world, url);
  expect(await life.send(late, other.url)).toBe(true);
  sent.push(late.id);
  await workedOff(url, 30_000);
  expect(await other.terminate()).toBe(0);
});

test("SIGTERM ends within its limit where GitHub does not answer, and another replica finishes the work", {
  timeout: 600_000,
}, async () => {
  const url = await postgres.fresh();
  const life = happenings(world, random(99));
  const app = await startAppProcess(world, url);
  const opened = await life.opened(world.sample.pulls.low.number);
  world.github.failNext({ kind: "slow", delayMs: 60_000, operation: "graphql", times: 3 });
  const before = world.github.requests.length;
  expect(await life.send(opened, app.url)).toBe(true);
  while (world.github.requests.length < before + 1) await sleep(1);
  await sleep(200);
  const asked = performance.now();
  expect(await app.terminate()).toBe(0);
  console.log(`SIGTERM to exit, with a GitHub that hangs: ${Math.round(performance.now() - asked)} ms.`);
  world.github.clearFaults();
  expect(app.said()).toContain("is not finished");
  const other = await startAppProcess(world, url);
  await workedOff(url, 30_000);
  const rows = await asking(url, (database) =>
    database.query("select state from inbox where event <> 'timer'"),
  );
  expect(rows).toEqual([{ state: "done" }]);
  expect(await other.terminate()).toBe(0);
});
