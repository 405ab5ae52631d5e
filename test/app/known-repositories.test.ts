import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { releasesBefore } from "../../app/gates/releases.ts";
import { deliveryHandler } from "../../app/handle-delivery.ts";
import type { Waiting } from "../../app/inbox/store.ts";
import { installedRepositories } from "../../app/installed.ts";
import { knownRepositories, repositoryAt } from "../../app/known-repositories.ts";
import { ownRepositories } from "../../app/own-repository.ts";
import { onRepository } from "../../app/webhooks/repository.ts";
import { workFor } from "../../app/work.ts";
import { freshDatabase } from "../database.ts";
import {
  allUnder,
  createOnGitHub,
  forgetAll,
  type Hub,
  keepSomething,
  passed,
  renameOnGitHub,
  startHub,
  whereKept,
} from "./renamed.ts";

const shop = "acme/shop";
let database: Database;
let world: Hub;
let clock: Date;
const warnings: string[] = [];
const answered: string[] = [];
const woken: string[] = [];
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await forgetAll(database);
  world = await startHub();
  clock = new Date("2026-03-02T10:00:00Z");
  for (const list of [warnings, answered, woken]) list.length = 0;
});
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const warn = (sentence: string): void => void warnings.push(sentence);
const now = (): Date => clock;
const idOf = (name: string): number => world.github.repository(name).id;
const named = z.object({
  repository: z.union([z.string(), z.object({ full_name: z.string() }).transform((one) => one.full_name)]),
});
const told = (payload: unknown): void => void answered.push(named.parse(payload).repository);

/** A replica of the App, as far as it hands out deliveries. */
function replica(on: Database = database) {
  const { hub } = world;
  const recognise = knownRepositories(on, now);
  const later = async ({ payload }: { payload: { repository: string } }): Promise<void> =>
    void woken.push(payload.repository);
  const around = { database: on, clientOf: hub.client, timers: { later, stop: async () => {} }, now, warn };
  const handle = deliveryHandler({
    answers: {
      push: async (payload) => told(payload),
      timer: async (payload) => told(payload),
      repository: onRepository,
    },
    isOwn: ownRepositories(hub.app(), now),
    recognise,
    workOf: (installation, signal) => workFor(around, installation, signal),
    tell: () => undefined,
  });
  const deliver = (event: string, repository: string, said: object): Promise<void> => {
    const { installation: installation_id } = world;
    const row: Waiting = {
      ...{ sequence: 1, delivery_id: "1", event, action: null, installation_id, repository, lane: "x" },
      ...{ payload: JSON.stringify(said), received_at: clock, attempts: 0, superseded: false },
    };
    return handle(row, new AbortController().signal);
  };
  return {
    hear: (name: string, id = idOf(name), event = "push", action = "renamed") =>
      deliver(event, name, { action, repository: { id, full_name: name } }),
    timer: (name: string) => deliver("timer", name, { kind: "gate", repository: name }),
    installed: installedRepositories({ app: hub.app(), clientOf: hub.client, recognise, warn }, now),
    recognise,
  };
}

const verified = async (name: string) => {
  const ledger = sqlLedger(database, name);
  const chains = await Promise.all((await ledger.streams()).map((stream) => ledger.read(stream)));
  expect(chains.map(({ fault }) => fault)).toEqual(chains.map(() => undefined));
  return chains.map(({ events }) => events.length);
};

describe("a name that another repository took", () => {
  test("leads to nothing of the former one, whose data stays whole under a name that nobody can have", async () => {
    const app = replica();
    await app.hear(shop);
    await keepSomething(database, shop);
    const before = idOf(shop);
    createOnGitHub(world.github, world.github.repository(shop), shop);
    expect(await releasesBefore(database, passed(shop), "")).toEqual({ first: passed(shop).sha });
    await app.hear(shop);
    expect(await releasesBefore(database, passed(shop), "")).toEqual({});
    expect(await sqlLedger(database, shop).streams()).toEqual([]);
    expect(await whereKept(database)).toEqual(allUnder(`${shop}@${before}`));
    expect(await verified(`${shop}@${before}`)).toEqual([1, 2]);
    expect(answered).toEqual([shop, shop]);
    expect(warnings.join()).toContain(`kept as ${shop}@${before}`);
  });

  test("is a program's too, as the API looks at it, in whatever letters", async () => {
    const app = replica();
    await app.installed(shop);
    await keepSomething(database, shop);
    const before = idOf(shop);
    createOnGitHub(world.github, world.github.repository(shop), "acme/Shop");
    clock = new Date(clock.getTime() + 61_000);
    expect(await app.installed(shop)).toMatchObject({ name: "acme/Shop", id: String(idOf(shop)) });
    expect(await whereKept(database)).toEqual(allUnder(`${shop}@${before}`));
  });

  test("is not given back by a late delivery of the former one, which is left alone", async () => {
    const app = replica();
    await app.hear(shop);
    const before = idOf(shop);
    createOnGitHub(world.github, world.github.repository(shop), shop);
    await app.hear(shop);
    await keepSomething(database, shop);
    await app.hear(shop, before);
    await replica().hear(shop, before);
    expect(await whereKept(database)).toEqual(allUnder(shop));
    expect(answered).toEqual([shop, shop]);
    expect(warnings.at(-1)).toContain("nothing was done");
  });

  test("several times leaves each its own", async () => {
    const app = replica();
    const kept: string[] = [];
    for (let round = 0; round < 3; round += 1) {
      await app.hear(shop);
      await keepSomething(database, shop);
      kept.push(`${shop}@${idOf(shop)}`);
      createOnGitHub(world.github, world.github.repository(shop), shop);
      await app.hear(shop);
    }
    expect(await whereKept(database)).toEqual(allUnder(...kept));
  });
});

describe("a repository that is called otherwise now", () => {
  test.each([
    ["renamed, as its own event says", "acme/store", "repository"],
    ["renamed, as every delivery says", "acme/store", "push"],
    ["written in other letters", "acme/Shop", "push"],
  ])("%s: everything goes along once, its gates are woken, and the chains hold", async (_, name, event) => {
    const app = replica();
    await app.hear(shop);
    await keepSomething(database, shop);
    renameOnGitHub(world.github, shop, name);
    for (let again = 0; again < 2; again += 1) await app.hear(name, idOf(name), event);
    expect(await whereKept(database)).toEqual(allUnder(name));
    expect(await verified(name)).toEqual([1, 2]);
    expect(await releasesBefore(database, passed(name), "")).toEqual({ first: passed(name).sha });
    expect(new Set(woken)).toEqual(new Set([name]));
    const gates = await database.query("select installation_id from gates where state = 'waiting'");
    expect(gates.map((row) => Number(row.installation_id))).toEqual([world.installation]);
    expect(warnings).toEqual([]);
  });

  test("because its account is, which tells of no repository", async () => {
    const app = replica();
    await app.hear(shop);
    await keepSomething(database, shop);
    renameOnGitHub(world.github, shop, "acme-group/shop");
    const installation = world.github.world.apps.get("adaptive-deploy")?.installations[0];
    if (installation) installation.account = world.github.repository("acme-group/shop").owner;
    await replica().hear("acme-group/shop");
    expect(await whereKept(database)).toEqual(allUnder("acme-group/shop"));
  });

  test("is known by a late delivery under its former name, and nothing goes back", async () => {
    const app = replica();
    await app.hear(shop);
    await keepSomething(database, shop);
    const id = idOf(shop);
    renameOnGitHub(world.github, shop, "acme/store");
    await app.hear("acme/store");
    for (const late of [app, replica()]) await late.hear(shop, id);
    expect(answered).toEqual([shop, "acme/store", "acme/store", "acme/store"]);
    expect(await whereKept(database)).toEqual(allUnder("acme/store"));
  });

  test("and whose former name went to another one before: each finds its own, whichever is heard of first", async () => {
    const app = replica();
    await app.hear(shop);
    await keepSomething(database, shop);
    const store = renameOnGitHub(world.github, shop, "acme/store");
    createOnGitHub(world.github, store, shop);
    await app.hear(shop);
    await keepSomething(database, shop);
    expect(await whereKept(database)).toEqual(allUnder(shop, `${shop}@${store.id}`));
    await app.hear("acme/store");
    expect(await whereKept(database)).toEqual(allUnder(shop, "acme/store"));
  });

  test("leaves nothing under its former name that work in hand wrote there afterwards", async () => {
    const app = replica();
    await app.hear(shop);
    const store = renameOnGitHub(world.github, shop, "acme/store");
    await app.hear("acme/store");
    await keepSomething(database, shop);
    createOnGitHub(world.github, store, shop);
    await app.hear(shop);
    expect(await whereKept(database)).toEqual(allUnder(`${shop}@${store.id}`));
  });

  test("moves nothing where GitHub does not bear the delivery out", async () => {
    const app = replica();
    await app.hear(shop);
    await keepSomething(database, shop);
    await app.hear("acme/elsewhere", idOf(shop));
    expect(await whereKept(database)).toEqual(allUnder(shop));
    expect(answered).toEqual([shop, shop]);
  });

  test("leaves nothing behind where the new name has something of its own, and says so", async () => {
    const app = replica();
    await app.hear(shop);
    for (const name of [shop, "acme/store"]) await keepSomething(database, name);
    const { id } = renameOnGitHub(world.github, shop, "acme/store");
    await app.hear("acme/store");
    const { ledger_events: ledger } = await whereKept(database);
    expect(ledger).toEqual(allUnder("acme/store", `${shop}@${id}`).ledger_events);
    expect(await verified(`${shop}@${id}`)).toEqual([1, 2]);
    expect(warnings.join()).toContain(
      `facts, decisions, ledger_events, analyses, gates are kept as ${shop}@${id}`,
    );
  });
});

test("a timer, which knows a name alone, is whose the name is", async () => {
  const app = replica();
  await app.timer(shop);
  expect(answered).toEqual([shop]);
  world.github.world.repositories.clear();
  await app.timer(shop);
  expect(answered).toEqual([shop]);
});

test("what is known asks neither GitHub nor, for a minute, the database", async () => {
  let asked = 0;
  const counting = {
    ...database,
    query: (sql: string, values?: readonly unknown[]) => {
      asked += 1;
      return database.query(sql, values);
    },
  };
  const recognise = knownRepositories(counting, now);
  const look = () => Promise.reject(new Error("GitHub was asked."));
  const about = { name: shop, id: 7 };
  for (let again = 0; again < 5; again += 1)
    expect(await recognise(about, { installation: 1, look, warn })).toEqual({ name: shop, moved: false });
  expect(asked).toBe(1);
  clock = new Date(clock.getTime() + 61_000);
  await recognise(about, { installation: 1, look, warn });
  expect(asked).toBe(2);
});

test("a process that dies halfway leaves all of it where it was, and the next one moves it", async () => {
  await replica().hear(shop);
  await keepSomething(database, shop);
  renameOnGitHub(world.github, shop, "acme/store");
  for (let dies = 1; dies <= 18; dies += 1) {
    let left = dies;
    const dying: Database = {
      ...database,
      transaction: (work) =>
        database.transaction((within) =>
          work({
            query: (sql, values) => {
              left -= 1;
              return left > 0 ? within.query(sql, values) : Promise.reject(new Error("killed"));
            },
          }),
        ),
    };
    await expect(replica(dying).hear("acme/store")).rejects.toThrow("killed");
    expect(await whereKept(database)).toEqual(allUnder(shop));
  }
  await replica().hear("acme/store");
  expect(await whereKept(database)).toEqual(allUnder("acme/store"));
});

test("replicas that hear of it at once move every row once", async () => {
  const replicas = Array.from({ length: 4 }, () => replica());
  await Promise.all(replicas.map((one) => one.hear(shop)));
  await keepSomething(database, shop);
  const store = renameOnGitHub(world.github, shop, "acme/store");
  createOnGitHub(world.github, store, shop);
  await Promise.all(replicas.map((one, index) => one.hear(index % 2 ? shop : "acme/store")));
  expect(await whereKept(database)).toEqual(allUnder("acme/store"));
  expect(await verified("acme/store")).toEqual([1, 2]);
});

test("a repository that GitHub does not show is none", async () => {
  const client = await world.hub.client(world.installation);
  expect(await repositoryAt(client, "acme/nothing")).toBeUndefined();
  expect(await repositoryAt(client, shop)).toEqual({ name: shop, id: idOf(shop) });
});
