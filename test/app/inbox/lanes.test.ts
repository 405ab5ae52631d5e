import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Database } from "../../../adapters/database/database.ts";
import { type Lanes, startLanes } from "../../../app/inbox/lanes.ts";
import { type Delivery, insertDeliveries, readyLanes, type Waiting } from "../../../app/inbox/store.ts";
import { freshDatabase } from "../../database.ts";

let database: Database;
let lanes: Lanes | undefined;
let handled: string[];
let warnings: string[];

beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.query("truncate inbox restart identity");
  handled = [];
  warnings = [];
});
afterEach(async () => {
  await lanes?.drain();
  lanes = undefined;
});

function delivery(
  id: string,
  lane: string,
  about: Partial<Delivery> & { installation?: number } = {},
): Delivery {
  const { installation = 1, ...rest } = about;
  return {
    id,
    event: "issue_comment",
    address: { action: "created", installation, repository: "acme/shop", lane },
    payload: JSON.stringify({ id }),
    ...rest,
  };
}

function start(
  handle: (row: Waiting) => Promise<void> | void,
  retry: (attempts: number) => number | undefined,
): void {
  lanes = startLanes({
    database,
    now: () => new Date(),
    handle: async (row) => {
      await handle(row);
      handled.push(row.delivery_id);
    },
    retryAfterMs: (_error, attempts) => retry(attempts),
    warn: (sentence) => warnings.push(sentence),
    parked: (sentence) => warnings.push(`parked: ${sentence}`),
    pollMs: 20,
  });
}

const never = (): undefined => undefined;
const states = async (): Promise<unknown[]> =>
  (await database.query("select delivery_id, state from inbox order by sequence")).map(
    (row) => `${row.delivery_id} ${row.state}`,
  );

const parked = () =>
  database.query(
    "select delivery_id, event, repository, attempts, error from inbox where state = 'parked' order by sequence desc",
  );

describe("the inbox", () => {
  test("stores a delivery once, however often it comes", async () => {
    await insertDeliveries(database, [delivery("a", "x#1"), delivery("b", "x#1")]);
    await insertDeliveries(database, [delivery("a", "x#1")]);
    expect(await states()).toEqual(["a waiting", "b waiting"]);
  });

  test("handles a lane in order, and forgets what the payload said", async () => {
    await insertDeliveries(
      database,
      ["a", "b", "c"].map((id) => delivery(id, "x#1")),
    );
    start(() => undefined, never);
    await vi.waitFor(() => expect(handled).toEqual(["a", "b", "c"]));
    await vi.waitFor(async () => expect(await states()).toEqual(["a done", "b done", "c done"]));
    expect(await database.query("select distinct payload from inbox")).toEqual([{ payload: "" }]);
  });

  test("a failure holds up its own lane and no other, until it passes", async () => {
    await insertDeliveries(database, [delivery("a", "x#1"), delivery("b", "x#1"), delivery("c", "x#2")]);
    let failures = 2;
    start(
      (row) => {
        if (row.delivery_id === "a" && failures-- > 0) throw new Error("GitHub answered 502");
      },
      () => 60,
    );
    await vi.waitFor(() => expect(handled).toEqual(["c", "a", "b"]));
    expect(warnings[0]).toContain("attempt 1: GitHub answered 502");
  });

  test("what cannot be handled is parked with its error, listed, and the lane goes on", async () => {
    await insertDeliveries(database, [delivery("poison", "x#1"), delivery("b", "x#1")]);
    start(
      (row) => {
        if (row.delivery_id === "poison") throw new Error("no such thing");
      },
      (attempts) => (attempts < 3 ? 5 : undefined),
    );
    await vi.waitFor(() => expect(handled).toEqual(["b"]));
    expect(warnings.at(-1)).toContain("parked: issue_comment poison");
    expect(await parked()).toEqual([
      {
        delivery_id: "poison",
        event: "issue_comment",
        repository: "acme/shop",
        attempts: 3,
        error: "no such thing",
      },
    ]);
  });

  test("of several pushes to one pull request that wait, the last one speaks", async () => {
    const push = (id: string): Delivery => {
      const { address, ...rest } = delivery(id, "x#1", { event: "pull_request" });
      return { ...rest, address: { ...address, action: "synchronize" } };
    };
    await insertDeliveries(database, [push("a"), push("b"), delivery("comment", "x#1"), push("c")]);
    start(() => undefined, never);
    await vi.waitFor(() => expect(handled).toEqual(["comment", "c"]));
  });

  test.each(["edited", "labeled", "closed"])(
    "a push is decided on though the pull request was %s after it",
    async (action) => {
      const pull = (id: string, of: string) =>
        delivery(id, "acme/shop#1", {
          event: "pull_request",
          address: { action: of, installation: 1, repository: "acme/shop", lane: "acme/shop#1" },
        });
      await insertDeliveries(database, [pull("1", "synchronize"), pull("2", action)]);
      start(
        () => undefined,
        () => undefined,
      );
      await vi.waitFor(() => expect(handled).toEqual(["1", "2"]));
    },
  );
  test("installations take turns among the lanes that are ready", async () => {
    await insertDeliveries(database, [
      ...Array.from({ length: 30 }, (_, index) => delivery(`busy${index}`, `busy#${index}`)),
      delivery("quiet", "quiet#1", { installation: 2 }),
    ]);
    const ready = await readyLanes(database, new Date(), 5);
    expect(ready.map(({ lane }) => lane)).toEqual(["busy#0", "quiet#1", "busy#1", "busy#2", "busy#3"]);
  });

  test("a crowd of one installation leaves room for another's pull request", async () => {
    await insertDeliveries(
      database,
      Array.from({ length: 80 }, (_, index) => delivery(`busy${index}`, `busy#${index}`)),
    );
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const begun: string[] = [];
    start(async ({ delivery_id }) => {
      begun.push(delivery_id);
      if (delivery_id.startsWith("busy")) await held;
    }, never);
    await vi.waitFor(() => expect(begun).toHaveLength(10));
    await insertDeliveries(database, [delivery("quiet", "quiet#1", { installation: 2 })]);
    lanes?.wake({ lane: "quiet#1", installation_id: 2 });
    await vi.waitFor(() => expect(handled).toEqual(["quiet"]));
    expect(begun).toHaveLength(11);
    release();
    await vi.waitFor(() => expect(handled).toHaveLength(81), { timeout: 15_000 });
  });

  test("draining finishes what is in hand and leaves the rest in the inbox", async () => {
    await insertDeliveries(database, [delivery("a", "x#1"), delivery("b", "x#1")]);
    let begun = (): void => undefined;
    const isBegun = new Promise<void>((resolve) => {
      begun = resolve;
    });
    start(async () => {
      begun();
      await new Promise((resolve) => setTimeout(resolve, 50));
    }, never);
    await isBegun;
    await lanes?.drain();
    expect(handled).toEqual(["a"]);
    expect(await states()).toEqual(["a done", "b waiting"]);
  });
});
