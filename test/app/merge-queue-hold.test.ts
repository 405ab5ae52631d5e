import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import type { Timer } from "../../app/ports.ts";
import { redecide } from "../../app/redecide.ts";
import { wakeGroups } from "../../app/wake-groups.ts";
import { onMergeGroup } from "../../app/webhooks/merge-group.ts";
import { onTimer } from "../../app/webhooks/timer.ts";
import { freshDatabase } from "../database.ts";
import { git } from "../emulated/small-repository.ts";
import { shop, startWork, type TestWork } from "./work.ts";

let database: Database;
let app: TestWork;
beforeAll(async () => {
  database = await freshDatabase();
});
beforeEach(async () => {
  app = await startWork({
    database,
    thresholds: "defaults: { mode: enforced, approval: { from: 100 } }",
  });
});
afterEach(async () => {
  expect(app.github.violations()).toEqual([]);
  await app.close();
});
afterAll(() => database.close());

const tell = () => undefined;

/** GitHub's queue makes a branch of its own, whose commits name the pull requests. */
function queue(message: string): { base: string; head: string; branch: string } {
  const folder = app.folder(shop);
  const base = git(folder, "rev-parse", "main");
  git(folder, "checkout", "--quiet", "--detach", "main");
  git(folder, "merge", "--quiet", "--squash", "change");
  git(folder, "commit", "--quiet", "-m", message);
  const head = git(folder, "rev-parse", "HEAD");
  const branch = `gh-readonly-queue/main/pr-9-${base}`;
  git(folder, "branch", branch, head);
  git(folder, "checkout", "--quiet", "main");
  return { base, head, branch };
}
const ask = async (group: { base: string; head: string }, pulls: number[]) =>
  onMergeGroup(await app.github.events(shop).mergeGroup({ ...group, pulls }), app.work, tell);
const checksOn = (head: string) =>
  [...app.github.repository(shop).checkRuns.values()]
    .filter(({ headSha }) => headSha === head)
    .map(({ conclusion, output }) => [conclusion, output.title]);

test.each([
  ["its commits name", "Pay in euro (#7)", [9]],
  ["its branch names", "Pay in euro", [7]],
])("a hold on a pull request that %s stops a merge group", async (_, message, pulls) => {
  await app.say("rita", "/hold not today");
  const group = queue(message);
  await ask(group, pulls);
  expect(checksOn(group.head)).toEqual([["action_required", expect.stringContaining("On hold by rita")]]);
});

test("a hold on another pull request stops no merge group", async () => {
  await app.say("rita", "/hold not today");
  const group = queue("Something else (#8)");
  await ask(group, [8]);
  expect(checksOn(group.head).map(([conclusion]) => conclusion)).toEqual(["success"]);
});

test("a hold that comes after queueing stops the groups that wait, and no other", async () => {
  const timers: Timer[] = [];
  app.work.later = async (timer) => void timers.push(timer);
  const group = queue("Pay in euro (#7)");
  await ask(group, [9]);
  expect(checksOn(group.head).map(([conclusion]) => conclusion)).toEqual(["success"]);
  await app.say("rita", "/hold not today");
  await redecide(shop, 7, app.work);
  await wakeGroups(shop, 8, app.work);
  expect(timers).toEqual([]);
  await wakeGroups(shop, 7, app.work);
  expect(timers.map(({ lane }) => lane)).toEqual([`acme/shop@${group.head}`]);
  const around = { gate: async () => undefined, identity: async () => app.identity };
  for (const { payload } of timers) await onTimer(payload, app.work, tell, around);
  expect(checksOn(group.head).map(([conclusion]) => conclusion)).toEqual(["action_required"]);

  git(app.folder(shop), "branch", "-D", group.branch);
  timers.length = 0;
  await wakeGroups(shop, 7, app.work);
  expect(timers).toEqual([]);
});
