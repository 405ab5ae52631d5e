import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { runOnce } from "../../app/effects.ts";
import { freshDatabase } from "../database.ts";

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
const mayWrite = (): void => undefined;

describe("an effect", () => {
  test("acts once, and finds nothing to do the second time", async () => {
    const act = vi.fn(async () => "answered");
    const find = vi.fn(async () => undefined);
    expect(await runOnce(database, { key: "gate 1", act, find }, mayWrite)).toBe("answered");
    expect(await runOnce(database, { key: "gate 1", act, find }, mayWrite)).toBeUndefined();
    expect(act).toHaveBeenCalledTimes(1);
    expect(find).not.toHaveBeenCalled();
  });

  test("looks before it acts where an attempt ended in between", async () => {
    const died = async (): Promise<string> => {
      throw new Error("the connection broke after the request was sent");
    };
    await expect(
      runOnce(database, { key: "gate 2", act: died, find: async () => undefined }, mayWrite),
    ).rejects.toThrow("broke");
    const act = vi.fn(async () => "again");
    expect(await runOnce(database, { key: "gate 2", act, find: async () => "there" }, mayWrite)).toBe(
      "there",
    );
    expect(act).not.toHaveBeenCalled();
    expect(
      await runOnce(database, { key: "gate 2", act, find: async () => "there" }, mayWrite),
    ).toBeUndefined();
  });

  test("acts again where the earlier attempt left nothing", async () => {
    const refused = async (): Promise<string> => {
      throw new Error("502");
    };
    await expect(
      runOnce(database, { key: "gate 3", act: refused, find: async () => undefined }, mayWrite),
    ).rejects.toThrow("502");
    expect(
      await runOnce(
        database,
        { key: "gate 3", act: async () => "now", find: async () => undefined },
        mayWrite,
      ),
    ).toBe("now");
  });

  test("writes nothing once the lane was lost", async () => {
    const act = vi.fn(async () => "late");
    const lost = (): void => {
      throw new Error("the lane is another's");
    };
    await expect(
      runOnce(database, { key: "gate 4", act, find: async () => undefined }, lost),
    ).rejects.toThrow("another");
    expect(act).not.toHaveBeenCalled();
  });
});
