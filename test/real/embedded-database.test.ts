import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openDatabase } from "../../adapters/database/index.ts";
import { anotherProcess, enough } from "../adapters/database-processes.ts";
import { databaseContract } from "../contracts/database.ts";

databaseContract("embedded, in memory", () => openDatabase({}));

describe("the embedded database in a folder", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "database-"));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const effects = async () => {
    const database = await openDatabase({ folder });
    const rows = await database.query("select key from effects order by key");
    await database.close();
    return rows.map(({ key }) => key);
  };

  it("keeps what was written, and is free again once closed", async () => {
    const database = await openDatabase({ folder });
    await database.query("insert into effects (key) values ($1)", ["kept"]);
    await database.close();
    await database.close();
    expect(await effects()).toEqual(["kept"]);
    expect(await readdir(folder)).toEqual(["data"]);
  });

  it("refuses a second process by naming the first, and is free once that was killed", async () => {
    const holder = await anotherProcess({ folder });
    expect(holder.said).toEqual({ open: true });
    const second = openDatabase({ folder });
    await expect(second).rejects.toMatchObject({ reasonCode: "database-taken", exitCode: 69 });
    await expect(second).rejects.toThrow(
      new RegExp(`held by process ${holder.pid} on .*DATABASE_URL, which serves several replicas`),
    );
    await holder.kill();
    expect(await effects()).toEqual([]);
  });

  it("keeps every row that was acknowledged before the process was killed", async () => {
    const writer = await anotherProcess({ folder }, "write");
    expect(writer.said.acknowledged).toBe(enough);
    await writer.kill();
    const kept = await effects();
    for (let count = 1; count <= enough; count += 1) expect(kept).toContain(String(count));
  });

  it("lets one of several in that come at once, however long the folder's path", async () => {
    const long = join(folder, "a".repeat(120));
    await mkdir(long);
    const tries = await Promise.allSettled(Array.from({ length: 4 }, () => openDatabase({ folder: long })));
    const opened = tries.filter((one) => one.status === "fulfilled");
    expect(opened).toHaveLength(1);
    await opened[0]?.value.close();
  });

  it("says what to do about a folder that cannot be", async () => {
    await writeFile(join(folder, "file"), "");
    const inFile = openDatabase({ folder: join(folder, "file/below") });
    await expect(inFile).rejects.toMatchObject({ reasonCode: "database-unavailable", exitCode: 69 });
    await expect(inFile).rejects.toThrow(/cannot be made .*Name another folder/);
  });

  it("says at once that a transaction waits for itself", async () => {
    const database = await openDatabase({});
    const inner = database.transaction(() => database.query("select 1"));
    await expect(inner).rejects.toThrow("use the transaction's own queries");
    let later: Promise<unknown> | undefined;
    await database.transaction(async () => {
      later = new Promise((resolve) => setTimeout(resolve, 50)).then(() => database.query("select 1 as one"));
    });
    expect(await later).toEqual([{ one: 1 }]);
    await database.close();
  });
});
