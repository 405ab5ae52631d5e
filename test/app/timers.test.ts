import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { deliveryHandler } from "../../app/handle-delivery.ts";
import { insertDeliveries, nextInLane, type Waiting } from "../../app/inbox/store.ts";
import { knownRepositories } from "../../app/known-repositories.ts";
import { ownRepositories } from "../../app/own-repository.ts";
import { startTimers } from "../../app/timers.ts";
import { workFor } from "../../app/work.ts";
import { freshDatabase } from "../database.ts";
import { type Hub, renameOnGitHub, startHub } from "./renamed.ts";

const shop = "acme/shop";
const warnings: string[] = [];
const warn = (sentence: string): void => void warnings.push(sentence);
let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  warnings.length = 0;
  await database.query("truncate inbox, repositories, former_names");
});

const payload = { kind: "gate" as const, repository: shop, run: 1, environment: "production" };
const timer = (lane: string) => ({ key: `gate ${lane}`, lane, installation: 1, payload });

test("one timer a key: a later call moves it, and it comes once", async () => {
  const due: string[] = [];
  const timers = await startTimers({ database, due: ({ lane }) => due.push(lane), warn });
  try {
    const hour = (count: number) => new Date(Date.now() + count * 3_600_000);
    for (const count of [1, 3, 2]) await timers.later(timer("a"), hour(count));
    await timers.later(timer("b"), hour(1));
    const jobs = () =>
      database.query("select singleton_key from jobs.job where state = 'created' order by 1");
    expect(await jobs()).toEqual([{ singleton_key: "gate a" }, { singleton_key: "gate b" }]);
    await timers.later(timer("a"), new Date());
    await vi.waitFor(() => expect(due).toEqual(["a"]), { timeout: 10_000 });
    expect(await jobs()).toEqual([{ singleton_key: "gate b" }]);
    expect(await database.query("select lane, event, action from inbox")).toEqual([
      { lane: "a", event: "timer", action: "gate" },
    ]);
    // What came is done with: the same may be asked for again.
    await timers.later(timer("a"), hour(1));
    expect(await jobs()).toHaveLength(2);
    expect(warnings).toEqual([]);
  } finally {
    await timers.stop();
  }
});

test("of several looks at one gate that wait in its lane the last is enough", async () => {
  const look = (id: string) => ({
    ...{ id, event: "timer", payload: JSON.stringify(payload) },
    address: { lane: "x", action: "gate", installation: 1, repository: shop },
  });
  await insertDeliveries(database, [look("1"), look("2")]);
  expect(await nextInLane(database, "x", new Date())).toMatchObject({ delivery_id: "1", superseded: true });
});

describe("a timer under a name that its installation has no more", () => {
  let world: Hub;
  const answered: unknown[] = [];
  beforeEach(async () => {
    world = await startHub();
    answered.length = 0;
  });
  afterEach(async () => {
    expect(world.github.violations()).toEqual([]);
    await world.close();
  });

  const handle = async (): Promise<void> => {
    const timers = { later: async () => undefined, stop: async () => undefined };
    const now = () => new Date();
    const around = { database, clientOf: world.hub.client, timers, now, warn };
    const handler = deliveryHandler({
      answers: { timer: async (said) => void answered.push(said) },
      isOwn: ownRepositories(world.hub.app(), now),
      recognise: knownRepositories(database, now),
      workOf: (installation, signal) => workFor(around, installation, signal),
      tell: () => undefined,
    });
    const row: Waiting = {
      ...{ sequence: 1, delivery_id: "1", event: "timer", action: "gate", repository: shop, lane: "x" },
      ...{ installation_id: world.installation, payload: JSON.stringify(payload) },
      ...{ received_at: now(), attempts: 0, superseded: false },
    };
    await handler(row, new AbortController().signal);
  };

  /** GitHub leads from the former name to the present one. */
  const rename = (name: string): void => {
    const repository = renameOnGitHub(world.github, shop, name);
    world.github.world.repositories.set(shop, repository);
  };

  test.each([
    ["the repository is another account's", () => rename("olga/shop")],
    [
      "the App was taken out",
      () => {
        const app = world.github.world.apps.get("adaptive-deploy");
        if (app) app.installations.length = 0;
      },
    ],
  ])("does nothing and is done: %s", async (_, happens) => {
    happens();
    await handle();
    expect(answered).toEqual([]);
    expect(warnings.join()).toContain("nothing was done");
    expect(await database.query("select name from repositories")).toEqual([]);
  });

  test("comes all the same where the account alone has another name", async () => {
    rename("acme-group/shop");
    const installation = world.github.world.apps.get("adaptive-deploy")?.installations[0];
    if (installation) installation.account = world.github.repository("acme-group/shop").owner;
    await handle();
    expect(answered).toEqual([{ ...payload, repository: "acme-group/shop" }]);
  });
});
