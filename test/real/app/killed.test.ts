import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startSampleGitHub, type TestGitHub } from "../../app/app.ts";
import { startPostgres } from "../../postgres.ts";
import { killAll, random, startAppProcess, workedOff } from "./app-process.ts";
import { happenings, type Waiting } from "./deliveries.ts";
import { expectOnce } from "./once.ts";

/**
 * Two replicas are killed at 200 random points while deliveries of every kind come, and started again each time. GitHub
 * does not send a delivery again by itself, so what was refused is sent again under its own id, as the sweep does.
 */
const kills = 200;
let world: TestGitHub;
let postgres: Awaited<ReturnType<typeof startPostgres>>;

beforeAll(async () => {
  postgres = await startPostgres();
  world = await startSampleGitHub(5);
});
afterAll(async () => {
  killAll();
  await world?.close();
  await postgres?.stop();
});

test(`nothing is lost and nothing doubled when the App is killed ${kills} times`, {
  timeout: 1_200_000,
}, async () => {
  const started = performance.now();
  const next = random(20_261_121);
  const life = happenings(world, next);
  const refused: Waiting[] = [];
  const sent: string[] = [];
  const arrivals = onArrival(world);
  const sending = async (waiting: Waiting, url: string): Promise<void> => {
    if (!(await life.send(waiting, url))) refused.push(waiting);
    // Now and then the same delivery comes twice.
    else if (next() < 0.1) await life.send(waiting, url);
  };
  const first = await startAppProcess(world, postgres.url);
  for (const pull of Object.values(world.sample.pulls)) {
    const opened = await life.opened(pull.number);
    sent.push(opened.id);
    expect(await life.send(opened, first.url)).toBe(true);
  }
  await workedOff(postgres.url, 30_000);
  expect(await first.terminate()).toBe(0);

  const replica = async (): Promise<void> => {
    for (let kill = 0; kill < kills / 2; kill += 1) {
      const app = await startAppProcess(world, postgres.url);
      const fresh = await Promise.all(Array.from({ length: next() < 0.3 ? 2 : 1 }, () => life.next()));
      sent.push(...fresh.map(({ id }) => id));
      const delivered = Promise.all([...refused.splice(0), ...fresh].map((one) => sending(one, app.url)));
      // Either at any time, or in the moment in which GitHub hears a request, and has not answered it.
      if (next() < 0.5) await sleep(next() * 350);
      else await Promise.race([arrivals.next(1 + Math.floor(next() * 25), next() < 0.6), sleep(1000)]);
      await app.kill();
      await delivered;
    }
  };
  await Promise.all([replica(), replica()]);
  const killed = performance.now();
  const last = await startAppProcess(world, postgres.url);
  for (const one of refused.splice(0)) expect(await life.send(one, last.url)).toBe(true);
  await workedOff(postgres.url, 120_000);
  const counts = await expectOnce(world, postgres.url, { sent, happened: life.happened });
  console.log(
    `${kills} kills in ${seconds(started, killed)} s, the rest in ${seconds(killed, performance.now())} s;`,
    `${arrivals.hit()} in the middle of a request;`,
    counts,
  );
  expect(await last.terminate()).toBe(0);
});

const seconds = (from: number, to: number): string => ((to - from) / 1000).toFixed(0);

/** Tells of the moment in which GitHub has heard so many requests more, or the first write after them. */
function onArrival({ github }: TestGitHub): {
  next(count: number, isWrite: boolean): Promise<void>;
  hit(): number;
} {
  let waiting: { left: number; isWrite: boolean; tell: () => void }[] = [];
  let hit = 0;
  const push = github.requests.push.bind(github.requests);
  github.requests.push = (...records) => {
    const length = push(...records);
    const [record] = records;
    for (const one of waiting) {
      one.left -= 1;
      if (one.left > 0 || (one.isWrite && (record?.method === "GET" || record?.operation === "graphql")))
        continue;
      hit += 1;
      waiting = waiting.filter((other) => other !== one);
      one.tell();
    }
    return length;
  };
  return {
    next: (left, isWrite) =>
      new Promise((tell) => {
        waiting.push({ left, isWrite, tell });
      }),
    hit: () => hit,
  };
}
