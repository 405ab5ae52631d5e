import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { isUniqueViolation } from "../../adapters/database/fault.ts";
import { migrate } from "../../adapters/database/migrate.ts";

/** What both databases promise alike, so that what passes on one cannot fail on the other. */
export function databaseContract(name: string, open: () => Promise<Database>): void {
  describe(`the database contract: ${name}`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await open();
      await database.query("create table things (name text primary key, number integer)");
    });
    afterAll(() => database.close());

    values(() => database);
    transactions(() => database);
    locks(() => database);
    migrations(() => database);
  });
}

function values(database: () => Database): void {
  const now = new Date("2026-03-01T10:00:00.123Z");
  const cases: [string, string, unknown, unknown][] = [
    ["an instant", "timestamptz", now, now],
    ["an instant as text", "timestamptz", "2026-03-01T12:00:00.123+02:00", now],
    ["an instant for a column of text", "text", now, "2026-03-01T10:00:00.123Z"],
    ["an object", "jsonb", { a: [1, { b: null }], ž: "🚀" }, { a: [1, { b: null }], ž: "🚀" }],
    ["a list as JSON text", "jsonb", "[1,2]", [1, 2]],
    ["bytes", "bytea", Buffer.from([0, 255, 10]), Buffer.from([0, 255, 10])],
    ["a number that is large", "bigint", 2 ** 53 - 1, 2 ** 53 - 1],
    ["a number that is too large", "bigint", 2n ** 60n, 2n ** 60n],
    ["a list of texts", "text[]", ["a", 'b"\\,{}', "", null, "NULL"], ["a", 'b"\\,{}', "", null, "NULL"]],
    ["a list of numbers", "bigint[]", [1, 2], [1, 2]],
    ["a list of instants", "timestamptz[]", [now], [now]],
    ["an empty list", "integer[]", [], []],
    ["true", "boolean", true, true],
    ["nothing", "text", undefined, null],
    ["a fraction", "double precision", 0.1, 0.1],
    ["an exact number", "numeric", "0.10", "0.10"],
    ["a day", "date", "2026-03-01", "2026-03-01"],
    ["a time without a zone", "timestamp", "2026-03-01 10:00:00", "2026-03-01 10:00:00"],
    ["a span", "interval", "90 minutes", "01:30:00"],
  ];
  it.each(cases)("gives back %s", async (_what, type, given, expected) => {
    const rows = await database().query(`select $1::${type} as value`, [given]);
    expect(rows).toEqual([{ value: expected }]);
    expect(Buffer.isBuffer(rows[0]?.value)).toBe(Buffer.isBuffer(expected));
  });

  it("refuses a list for JSON, which one driver alone would take", async () => {
    await expect(database().query("select $1::jsonb as value", [["a"]])).rejects.toThrow("json");
  });

  it("counts in numbers", async () => {
    expect(await database().query("select count(*) as count, max(sequence) as last from inbox")).toEqual([
      { count: 0, last: null },
    ]);
  });

  it("gives the rows of every statement of a script, and takes back one that fails", async () => {
    expect(await database().query("select 1 as a; select 2 as b")).toEqual([{ a: 1 }, { b: 2 }]);
    const failing = "begin; insert into things values ('half', 1); select 1/0; commit";
    await expect(database().query(failing)).rejects.toMatchObject({ code: "22012" });
    expect(await database().query("select * from things")).toEqual([]);
  });

  it("passes an error of the SQL as it is", async () => {
    await database().query("insert into things values ('one', 1)");
    const twice = await database()
      .query("insert into things values ($1, 1)", ["one"])
      .catch((error: unknown) => error);
    expect(isUniqueViolation(twice)).toBe(true);
    await database().query("delete from things");
  });
}

function transactions(database: () => Database): void {
  const insert = (name: string) => `insert into things values ('${name}', 1)`;

  it("keeps all of a transaction, or nothing", async () => {
    expect(
      await database().transaction(async (within) => {
        await within.query(insert("a"));
        return await within.query("select name from things");
      }),
    ).toEqual([{ name: "a" }]);
    const failing = database().transaction(async (within) => {
      await within.query(insert("b"));
      throw new Error("no");
    });
    await expect(failing).rejects.toThrow("no");
    expect(await database().query("select name from things")).toEqual([{ name: "a" }]);
  });

  it("does not call a transaction done of which a part failed", async () => {
    const hidden = database().transaction(async (within) => {
      await within.query(insert("c"));
      await within.query(insert("c")).catch(() => undefined);
    });
    await expect(hidden).rejects.toThrow(/transaction/i);
    expect(await database().query("select name from things where name = 'c'")).toEqual([]);
  });

  it("takes no question for a transaction that has ended", async () => {
    const within = await database().transaction(async (queries) => queries);
    await expect(within.query("select 1")).rejects.toThrow("closed");
  });

  it("loses nothing of many at once", async () => {
    await database().query("insert into things values ('sum', 0)");
    const add = () =>
      database().transaction((within) =>
        within.query("update things set number = number + 1 where name = 'sum'"),
      );
    await Promise.all(Array.from({ length: 40 }, add));
    expect(await database().query("select number from things where name = 'sum'")).toEqual([{ number: 40 }]);
  });
}

function locks(database: () => Database): void {
  const nobody = () => {
    throw new Error("No connection broke.");
  };

  it("gives a lock once, and again when it was released", async () => {
    const release = await database().tryLock("lane 1", nobody);
    expect(await database().tryLock("lane 1", nobody)).toBeUndefined();
    const other = await database().tryLock("lane 2", nobody);
    expect(other).toBeDefined();
    await release?.();
    const again = await database().tryLock("lane 1", nobody);
    expect(again).toBeDefined();
    // A release that comes twice takes nothing from who holds the lock now.
    await release?.();
    expect(await database().tryLock("lane 1", nobody)).toBeUndefined();
    await Promise.all([again?.(), other?.()]);
  });

  it("gives one of many at once the lock", async () => {
    const asked = Array.from({ length: 50 }, () => database().tryLock("crowd", nobody));
    const won = (await Promise.all(asked)).filter((release) => release !== undefined);
    expect(won).toHaveLength(1);
    await won[0]?.();
  });
}

function migrations(database: () => Database): void {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "migrations-"));
    await database().query("drop table schema_migrations");
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("runs each file once, in order, however many start at once", async () => {
    await writeFile(
      join(folder, "001-a.sql"),
      "create table steps (name text); insert into steps values ('a');",
    );
    await writeFile(join(folder, "002-b.sql"), "insert into steps values ('b');");
    await Promise.all(Array.from({ length: 4 }, () => migrate(database(), folder)));
    expect(await database().query("select name from steps")).toEqual([{ name: "a" }, { name: "b" }]);
    expect(await database().query("select name from schema_migrations order by name")).toEqual([
      { name: "001-a.sql" },
      { name: "002-b.sql" },
    ]);
  });

  it("leaves nothing of a file that fails, and runs it when it is mended", async () => {
    await writeFile(
      join(folder, "003-c.sql"),
      "insert into steps values ('c'); insert into nothing values (1);",
    );
    await expect(migrate(database(), folder)).rejects.toThrow("nothing");
    expect(await database().query("select name from steps where name = 'c'")).toEqual([]);
    await writeFile(join(folder, "003-c.sql"), "insert into steps values ('c');");
    await migrate(database(), folder);
    expect(await database().query("select name from steps where name = 'c'")).toEqual([{ name: "c" }]);
  });

  it("refuses a file that was changed after it had run, and a database of a newer version", async () => {
    await writeFile(join(folder, "002-b.sql"), "insert into steps values ('other');");
    await expect(migrate(database(), folder)).rejects.toMatchObject({ reasonCode: "database-schema" });
    await rm(join(folder, "002-b.sql"));
    await expect(migrate(database(), folder)).rejects.toThrow("newer version, which ran 002-b.sql");
  });
}
