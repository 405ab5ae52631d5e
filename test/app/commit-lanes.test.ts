import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { onNewFacts, openPullsOf } from "../../app/new-facts.ts";
import type { Timer } from "../../app/ports.ts";
import { redecide } from "../../app/redecide.ts";
import { onCheckRun } from "../../app/webhooks/check-run.ts";
import { onWorkflowRun } from "../../app/webhooks/workflow-run.ts";
import { freshDatabase } from "../database.ts";
import { git } from "../emulated/small-repository.ts";
import { shop, startWork, type TestWork } from "./work.ts";

let database: Database;
let app: TestWork;
let timers: Timer[];
beforeAll(async () => {
  database = await freshDatabase();
});
beforeEach(async () => {
  app = await startWork({ database });
  timers = [];
  app.work.later = async (timer) => void timers.push(timer);
});
afterEach(async () => {
  expect(app.github.violations()).toEqual([]);
  await app.close();
});
afterAll(() => database.close());

/** The same repository under a fork's name: GitHub lists such a pull request under no commit. */
function comesFromFork(): void {
  const here = app.github.repository(shop);
  app.pull.headRepository = { ...here, fullName: "olga/shop" };
}
const lanes = () => timers.map(({ lane }) => lane);
const press = (identifier: string, pulls: number[]) =>
  onCheckRun(
    {
      action: "requested_action",
      requested_action: { identifier },
      repository: { full_name: shop },
      check_run: { id: 1, head_sha: app.head(), pull_requests: pulls.map((number) => ({ number })) },
    },
    app.work,
    app.identity,
  );
const ended = () =>
  onWorkflowRun(
    {
      action: "completed",
      repository: { full_name: shop },
      workflow_run: { id: 5, head_sha: app.head(), pull_requests: [{ number: 12 }] },
    },
    app.work,
  );

test("pull requests of one commit are each decided in their own lane", async () => {
  git(app.folder(shop), "branch", "copy", "change");
  const { number } = await app.github.openPull(shop, { title: "Copy", author: "rita", head: "copy" });
  await redecide(shop, 7, app.work);
  await redecide(shop, number, app.work);
  const writes = app.github.requests.filter(({ method }) => method !== "GET").length;
  await press("rescore", [7]);
  await ended();
  expect(lanes().sort()).toEqual([`${shop}#7`, `${shop}#7`, `${shop}#${number}`, `${shop}#${number}`].sort());
  expect(app.github.requests.filter(({ method }) => method !== "GET")).toHaveLength(writes);
});

test("a pull request of another repository, or of another head, is none", async () => {
  const before = app.head();
  app.push({ "src/pay.ts": "export const pay = 3;\n" });
  expect(await openPullsOf(shop, before, app.work, [7, 99])).toEqual([]);
  expect(await openPullsOf(shop, app.head(), app.work, [7, 99])).toEqual([7]);
});

test("a fork's pull request is found by what was decided on it: facts, runs and buttons", async () => {
  comesFromFork();
  expect(await openPullsOf(shop, app.head(), app.work)).toEqual([]);
  await redecide(shop, 7, app.work);
  await onNewFacts({ repository: shop, sha: app.head() }, app.work);
  await ended();
  await press("rescore", []);
  expect(lanes()).toEqual([`${shop}#7`, `${shop}#7`, `${shop}#7`]);
  const before = app.replies().length;
  await press("explain", []);
  await press("approve", []);
  expect(app.replies()).toHaveLength(before + 2);
  app.pull.state = "closed";
  app.pull.frozen = { head: app.head(), base: git(app.folder(shop), "rev-parse", "main") };
  expect(await openPullsOf(shop, app.head(), app.work)).toEqual([]);
});
