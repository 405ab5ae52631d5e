import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { isTransient } from "../../adapters/github/transient.ts";
import type { Timer, Work } from "../../app/ports.ts";
import { redecide } from "../../app/redecide.ts";
import { onPullRequest } from "../../app/webhooks/pull-request.ts";
import { freshDatabase } from "../database.ts";
import { shop, startWork, type TestWork } from "./work.ts";

let database: Database;
let app: TestWork;
beforeAll(async () => {
  database = await freshDatabase();
});
beforeEach(async () => {
  app = await startWork({ database, thresholds: "defaults: { mode: enforced, approval: { from: 100 } }" });
});
afterEach(async () => {
  expect(app.github.violations()).toEqual([]);
  await app.close();
});
afterAll(() => database.close());

const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
const pullNow = async () => {
  const { data } = await app.work.client.request(route, { owner: "acme", repo: "shop", pull_number: 7 });
  return z.looseObject({ base: z.looseObject({ repo: z.unknown() }) }).parse(data);
};
/** GitHub's answers about the pull request are those of a replica that lags. */
const lagging = (stale: unknown): Work => ({
  ...app.work,
  client: {
    graphql: (query, variables) => app.work.client.graphql(query, variables),
    request: async (asked, parameters) =>
      asked === route ? { data: stale } : app.work.client.request(asked, parameters),
  },
});
const event = (pull: { base: { repo: unknown } }) => ({
  action: "synchronize",
  repository: pull.base.repo,
  pull_request: pull,
});
function push(content: string): string {
  const head = app.push({ "src/pay.ts": content });
  app.pull.updatedAt = app.now().toISOString();
  return head;
}
const checked = () => [...app.github.repository(shop).checkRuns.values()].map(({ headSha }) => headSha);
const tell = () => undefined;

test("a push that GitHub's answers do not show yet is tried again, and then gets its check", async () => {
  await redecide(shop, 7, app.work);
  const old = app.head();
  const stale = await pullNow();
  const head = push("export const pay = 3;\n");
  const fresh = await pullNow();
  await expect(onPullRequest(event(fresh), lagging(stale), tell)).rejects.toSatisfy(isTransient);
  expect(checked()).toEqual([old]);
  await onPullRequest(event(fresh), app.work, tell);
  expect(checked()).toEqual([old, head]);
});

test("a late delivery has the head decided that GitHub shows", async () => {
  const late = await pullNow();
  const head = push("export const pay = 3;\n");
  await onPullRequest(event(late), app.work, tell);
  expect(checked()).toEqual([head]);
});

test("where both are of the same second, what GitHub shows is decided and looked at again", async () => {
  const timers: [Timer, Date][] = [];
  app.work.later = async (timer, at) => void timers.push([timer, at]);
  const late = await pullNow();
  const head = app.push({ "src/pay.ts": "export const pay = 3;\n" });
  await onPullRequest(event(late), app.work, tell);
  expect(checked()).toEqual([head]);
  expect(timers.map(([{ lane }]) => lane)).toEqual([`${shop}#7`]);
  expect(timers[0]?.[1].getTime()).toBeGreaterThan(app.now().getTime());
});

test("two answers that differ decide nothing, and are asked for again", async () => {
  const stale = await pullNow();
  push("export const pay = 3;\n");
  let asked = 0;
  const work = lagging(stale);
  const fresh = await pullNow();
  const { request } = work.client;
  work.client = {
    ...work.client,
    request: async (asking, parameters) =>
      asking === route && asked++ === 0 ? { data: fresh } : request(asking, parameters),
  };
  await expect(redecide(shop, 7, work)).rejects.toSatisfy(isTransient);
  expect(checked()).toEqual([]);
});
