import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { place } from "../../app/app.ts";
import { diedOver, startWatchedShop, type WatchedShop } from "../../app/rollouts/whole-app.ts";
import { type Postgres, startPostgres } from "../../postgres.ts";
import { asking, killAll, random, startAppProcess } from "./app-process.ts";

/** Rollouts that nobody drives, before two processes of the App on one database, of which one dies at any moment. */
let shop: WatchedShop;
let postgres: Postgres;

beforeAll(async () => {
  postgres = await startPostgres();
  shop = await startWatchedShop();
});
afterAll(async () => {
  killAll();
  expect(shop.github.violations()).toEqual([]);
  await shop?.close();
  await postgres?.stop();
});

type Known = { asked: number; isDone: boolean };

/** What the ledger says was asked for, and whether nothing waits for a process any more. */
function known(stream: string): Promise<Known> {
  return asking(postgres.url, async (database) => {
    const { events } = await sqlLedger(database, place).read(stream);
    const waiting = await database.query(
      `select 1 as waiting from inbox where state = 'waiting'
       union all select 1 from jobs.job where state < 'completed' and start_after <= now()`,
    );
    return { asked: events.filter(({ kind }) => kind === "notice").length, isDone: waiting.length === 0 };
  });
}

async function settled(stream: string): Promise<Known> {
  let now = await known(stream);
  for (const end = Date.now() + 60_000; Date.now() < end && !(now.isDone && now.asked > 0); await sleep(100))
    now = await known(stream);
  return now;
}

test("one run is asked for, whichever of two processes hears of it, and whenever one of them is killed", {
  timeout: 600_000,
}, async () => {
  const kills = 8;
  const next = random(62);
  const survivor = await startAppProcess(shop, postgres.url);
  for (let number = 0; number < kills; number += 1) {
    const dying = await startAppProcess(shop, postgres.url);
    const service = `pay-${number}`;
    const { stream } = await asking(postgres.url, (database) =>
      diedOver(sqlLedger(database, place), service, number),
    );
    const words = `/rollout abort service=${service} environment=production it hurts`;
    shop.github.failNext({ kind: "slow", delayMs: 400, operation: "actions/create-workflow-dispatch" });
    await Promise.all([shop.say("maria", words, dying.url), shop.say("rita", words, survivor.url)]);
    await sleep(next() * 3000);
    await dying.kill();
    expect(await settled(stream)).toEqual({ asked: 1, isDone: true });
    expect([number, shop.taken()]).toEqual([number, 1]);
    shop.github.clearFaults();
  }
  expect(await survivor.terminate()).toBe(0);
});
