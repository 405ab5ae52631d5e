import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Fault } from "../../../emulated/github/faults.ts";
import { type Shops, startShops } from "../../app/shops.ts";

/** GitHub as it is on its bad days: what was asked for is there once afterwards, and nobody else waited for it. */

type Row = { what: string; fault(owner: string, installation: number): Fault };

const checks = (owner: string): Fault => ({ path: `/repos/${owner}/shop/check-runs` });
const comments = (owner: string): Fault => ({
  path: `/repos/${owner}/shop/issues/1/comments`,
  method: "POST",
});
const lists = (owner: string): Fault => ({ path: `/repos/${owner}/shop/issues/1/comments`, method: "GET" });
const listed = (owner: string): Fault => ({
  path: new RegExp(`^/repos/${owner}/shop/commits/.+/check-runs`),
});
const policy = (owner: string): Fault => ({ operation: "graphql", mentions: `"owner":"${owner}"` });
const tokens = (_owner: string, installation: number): Fault => ({
  path: `/app/installations/${installation}/access_tokens`,
});

/** Six answers are more than the reads of one attempt are given. */
const rows: Row[] = [
  { what: "503 to the check", fault: (owner) => ({ ...checks(owner), status: 503 }) },
  { what: "502 to the comment, twice", fault: (owner) => ({ ...comments(owner), status: 502, times: 2 }) },
  { what: "500 to the list of comments", fault: (owner) => ({ ...lists(owner), status: 500, times: 4 }) },
  { what: "500 to the list of checks", fault: (owner) => ({ ...listed(owner), status: 500, times: 4 }) },
  { what: "502 to the token", fault: (...one) => ({ ...tokens(...one), status: 502, times: 4 }) },
  {
    what: "429 with retry-after",
    fault: (owner) => ({ ...checks(owner), kind: "secondary-rate-limit", status: 429, retryAfterSeconds: 1 }),
  },
  {
    what: "403, the secondary limit, with retry-after",
    fault: (owner) => ({ ...comments(owner), kind: "secondary-rate-limit", retryAfterSeconds: 1 }),
  },
  {
    what: "the hour's limit, which ends later",
    fault: (owner) => ({ ...policy(owner), kind: "primary-rate-limit", retryAfterSeconds: 3 }),
  },
  {
    what: "an answer that never comes",
    fault: (owner) => ({ ...lists(owner), kind: "slow", delayMs: 5000 }),
  },
  {
    what: "a check whose answer never comes",
    fault: (owner) => ({ ...checks(owner), kind: "slow", delayMs: 5000 }),
  },
  { what: "a connection that closes before", fault: (owner) => ({ ...checks(owner), kind: "dropped" }) },
  { what: "a connection that closes after", fault: (owner) => ({ ...comments(owner), kind: "lost" }) },
  { what: "half an answer to a read", fault: (owner) => ({ ...policy(owner), kind: "cut", times: 4 }) },
  { what: "half an answer to a write", fault: (owner) => ({ ...comments(owner), kind: "cut" }) },
  { what: "HTML with 200 to a read", fault: (owner) => ({ ...policy(owner), kind: "garbage", status: 200 }) },
  { what: "HTML with 200 to a list", fault: (owner) => ({ ...lists(owner), kind: "garbage", status: 200 }) },
  {
    what: "HTML with 200 to the list of checks",
    fault: (owner) => ({ ...listed(owner), kind: "garbage", status: 200 }),
  },
  {
    what: "GraphQL's own timeout, with 200",
    fault: (owner) => ({ ...policy(owner), kind: "errors", times: 4 }),
  },
];
/** What is there no more is set aside with its sentence; what may come back waits. */
const lasting: { what: string; fault: Row["fault"]; state: string }[] = [
  {
    what: "suspended",
    fault: (...one) => ({
      ...tokens(...one),
      status: 403,
      message: "This installation has been suspended",
      times: 99,
    }),
    state: "waiting",
  },
  {
    what: "deleted",
    fault: (...one) => ({ ...tokens(...one), status: 404, message: "Not Found", times: 99 }),
    state: "parked",
  },
];

const faulty = (index: number): string => `busy-${index}`;
const gone = (index: number): string => `gone-${index}`;
const away = ["away", "limited", "slow"] as const;
let shops: Shops;
beforeAll(async () => {
  const owners = [...rows.map((_, index) => faulty(index)), ...lasting.map((_, index) => gone(index))];
  shops = await startShops([...owners, ...away, "calm", "ended"], {
    limits: { timeoutMs: 2500, longestWaitMs: 2000 },
  });
}, 180_000);
afterAll(() => shops.close());

const once = (owner: string): void => {
  expect(shops.comments(owner)).toHaveLength(1);
  expect(shops.checks(owner)).toMatchObject([{ status: "completed", conclusion: "action_required" }]);
};

describe.concurrent("the comment and the check are there once after", () => {
  test.each(rows.map((row, index) => [row.what, row, index] as const))("%s", async (_what, row, index) => {
    const owner = faulty(index);
    shops.github.failNext(row.fault(owner, shops.installation(owner)));
    expect(await shops.pull(owner)).toBe(202);
    await shops.decided(owner);
    once(owner);
  });
});

test("an installation whose GitHub is away holds up no other", async () => {
  shops.github.failNext({ ...policy("away"), status: 503, times: 99 });
  shops.github.failNext({
    ...policy("limited"),
    kind: "secondary-rate-limit",
    retryAfterSeconds: 4,
    times: 99,
  });
  shops.github.failNext({ ...policy("slow"), kind: "slow", delayMs: 60_000, times: 99 });
  for (const owner of away) await shops.pull(owner);
  const isAsked = (owner: string): boolean =>
    shops.github.requests.some(({ body }) => JSON.stringify(body ?? "").includes(`"owner":"${owner}"`));
  await vi.waitFor(() => expect(away.filter(isAsked)).toEqual(away), { timeout: 60_000 });
  await shops.pull("calm");
  await shops.decided("calm");
  const decided = shops.decisions.map(({ subject }) => subject.repository);
  expect(decided.filter((name) => away.some((owner) => name === `${owner}/shop`))).toEqual([]);
  shops.github.clearFaults();
  for (const owner of away) await shops.decided(owner);
  for (const owner of [...away, "calm"]) once(owner);
});

test("a token that ends in mid-job is asked for anew, once", async () => {
  shops.github.failNext({ ...checks("ended"), status: 401, message: "Bad credentials" });
  await shops.pull("ended");
  await shops.decided("ended");
  once("ended");
  const { path } = tokens("ended", shops.installation("ended"));
  expect(shops.github.requests.filter((request) => request.path === path)).toHaveLength(2);
});

test.each(lasting.map((row, index) => [row.what, row, index] as const))(
  "an installation that is %s in mid-job keeps what it has",
  async (_what, { fault }, index) => {
    const owner = gone(index);
    await shops.pull(owner);
    await shops.decided(owner);
    shops.github.failNext({ ...policy(owner), status: 401, times: 99 });
    shops.github.failNext(fault(owner, shops.installation(owner)));
    const { path } = tokens(owner, shops.installation(owner));
    const asked = () => shops.github.requests.filter((request) => request.path === path).length;
    const before = asked();
    await shops.pull(owner, "reopened");
    // It is asked for three times: more would not mend what is gone.
    await vi.waitFor(() => expect(asked()).toBeGreaterThanOrEqual(before + 3), { timeout: 60_000 });
    once(owner);
  },
);

test("what is gone is parked with its error and listed, what is suspended waits, and nothing is left over", async () => {
  const listed = () => fetch(`${shops.appUrl}/deliveries`).then((answer) => answer.text());
  await vi.waitFor(async () => expect(await listed()).toMatch(/not there|Not Found/), { timeout: 60_000 });
  expect(await listed()).not.toContain("suspended");
  const database = await shops.stop();
  const states = await database.query(
    "select state, count(*)::int as count from inbox group by state order by state",
  );
  const done = rows.length + lasting.length + away.length + 2;
  expect(states).toEqual([
    { state: "done", count: done },
    ...["parked", "waiting"].map((state) => ({
      state,
      count: lasting.filter((one) => one.state === state).length,
    })),
  ]);
  expect(shops.github.violations()).toEqual([]);
});
