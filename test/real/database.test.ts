import { once } from "node:events";
import { createConnection, createServer, type Socket } from "node:net";
import { inspect } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { openDatabase } from "../../adapters/database/index.ts";
import { anotherProcess } from "../adapters/database-processes.ts";
import { databaseContract } from "../contracts/database.ts";
import { type Postgres, startPostgres } from "../postgres.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

databaseContract("PostgreSQL", async () => openDatabase({ url: await postgres.fresh() }));

const away = { reasonCode: "database-unavailable", exitCode: 69 };
const nobody = () => undefined;

async function withDatabase(work: (database: Database, url: string) => Promise<void>): Promise<void> {
  const url = await postgres.fresh();
  const database = await openDatabase({ url });
  try {
    await work(database, url);
  } finally {
    await database.close();
  }
}

/** A wire to a port of this machine that can fall silent, with both of its ends left open. */
async function startWire(to: number): Promise<{ port: number; freeze(): void; close(): Promise<void> }> {
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = createConnection({ host: "127.0.0.1", port: to });
    near.pipe(far).pipe(near);
    for (const socket of [near, far]) sockets.push(socket.on("error", () => undefined));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" ? (address?.port ?? 0) : 0,
    freeze: () => {
      for (const socket of sockets) socket.unpipe().pause();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

describe("PostgreSQL", () => {
  it("runs as a server that may lose power: fsync and synchronous_commit are on", () =>
    withDatabase(async (database) => {
      const settings = await database.query(
        "select name, setting from pg_settings where name in ('fsync', 'synchronous_commit') order by name",
      );
      expect(settings.map(({ setting }) => setting)).toEqual(["on", "on"]);
    }));

  it("says that the database is gone, loses nothing that was committed, and goes on once it is back", () =>
    withDatabase(async (database) => {
      await database.query("insert into effects (key) values ('before')");
      const lost = vi.fn();
      const release = await database.tryLock("lane", lost);
      const started = Promise.withResolvers<void>();
      const broken = database.transaction(async (within) => {
        await within.query("insert into effects (key) values ('half')");
        started.resolve();
        await within.query("select pg_sleep(60)");
      });
      const ended = expect(broken).rejects.toMatchObject(away);
      await started.promise;
      await postgres.kill();
      await ended;
      await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1));
      await expect(database.query("select 1")).rejects.toMatchObject(away);
      await expect(database.transaction((within) => within.query("select 1"))).rejects.toMatchObject(away);
      await expect(database.tryLock("lane", nobody)).rejects.toMatchObject(away);

      await postgres.restart();
      expect(await database.query("select key from effects")).toEqual([{ key: "before" }]);
      const again = await database.tryLock("lane", nobody);
      expect(again).toBeDefined();
      await release?.();
      expect(await database.tryLock("lane", nobody)).toBeUndefined();
      await again?.();
    }));

  it("says that every lock is lost when the one connection that holds them is cut", () =>
    withDatabase(async (database) => {
      const lost: string[] = [];
      for (const name of ["a", "b"]) await database.tryLock(name, () => lost.push(name));
      await database.query(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' group by pid",
      );
      await vi.waitFor(() => expect(lost).toEqual(["a", "b"]));
      expect(await database.tryLock("a", nobody)).toBeDefined();
    }));

  it("gives a lock to one of two processes, and frees it when that one is killed", () =>
    withDatabase(async (database, url) => {
      const holder = await anotherProcess({ url }, "lane 1", "lane 2");
      expect(holder.said).toMatchObject({ "lane 1": true, "lane 2": true });
      expect(await database.tryLock("lane 1", nobody)).toBeUndefined();
      const other = await anotherProcess({ url }, "lane 2", "lane 3");
      expect(other.said).toMatchObject({ "lane 2": false, "lane 3": true });
      await holder.kill();
      await vi.waitFor(async () => expect(await database.tryLock("lane 1", nobody)).toBeDefined(), 5000);
      expect(await database.tryLock("lane 3", nobody)).toBeUndefined();
      await other.kill();
    }));

  it("says that locks are lost when the connection falls silent, as behind a firewall that forgot it", async () => {
    const wire = await startWire(Number(new URL(postgres.url).port));
    const url = new URL(await postgres.fresh());
    url.port = String(wire.port);
    const database = await openDatabase({ url: url.href });
    const lost = vi.fn();
    await database.tryLock("lane", lost);
    wire.freeze();
    await vi.waitFor(() => expect(lost).toHaveBeenCalledTimes(1), 15_000);
    await wire.close();
    await database.close();
  });

  it("holds a thousand locks on one connection", () =>
    withDatabase(async (database) => {
      const names = Array.from({ length: 1000 }, (_, number) => `lane ${number}`);
      const releases = await Promise.all(names.map((name) => database.tryLock(name, nobody)));
      expect(releases.filter((release) => release === undefined)).toEqual([]);
      const held =
        "select count(*) as locks, count(distinct pid) as pids from pg_locks where locktype = 'advisory'";
      expect(await database.query(held)).toEqual([{ locks: 1000, pids: 1 }]);
      await Promise.all(releases.map((release) => release?.()));
      expect(await database.query(held)).toEqual([{ locks: 0, pids: 0 }]);
    }));

  it("never shows the password", async () => {
    const right = new URL(postgres.url);
    const secret = "hunter2-secret";
    right.password = secret;
    const gone = new URL(right);
    gone.port = "1";
    const addresses = [
      right.href,
      gone.href,
      right.href.replace("/postgres", "/nothing"),
      `postgres://user:12/${secret}@127.0.0.1:1/db`,
      `postgres://user:12#${secret}@127.0.0.1:1/db`,
      `postgres://user:${secret}@127.0.0.1:port/db`,
      `mysql://user:${secret}@127.0.0.1/db`,
      `user:${secret}@127.0.0.1/db`,
    ];
    for (const url of addresses) {
      const error = await openDatabase({ url }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Error);
      expect(inspect(error, { depth: 10, showHidden: true })).not.toContain(secret);
      expect(error).toMatchObject({
        reasonCode: expect.stringMatching(/^(database-unavailable|bad-database-url)$/),
      });
    }
  });
});
