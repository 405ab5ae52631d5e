import { getOctokit } from "@actions/github";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { subjectOfEvent } from "../../../adapters/github/event.ts";
import { gather } from "../../../adapters/github/gather.ts";
import { publish, type Told } from "../../../adapters/github/publish.ts";
import type { Subject } from "../../../adapters/github/subject.ts";
import type { Decision } from "../../../core/decision/shape.ts";
import { checkActions } from "../../../core/render/actions.ts";
import { type Shop, startShop } from "../../actions/shop.ts";
import { fixture } from "../../core/render/fixtures.ts";

const check = "adaptive-deploy/risk";
const waits = {
  provisional: true as const,
  missing: ["ci" as const],
  until: "2025-06-03T10:11:27.000Z",
};
let shop: Shop;
let subject: Subject;

beforeAll(async () => {
  shop = await startShop({}, { latencyMs: 5 });
  shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
  subject = subjectOfEvent("pull_request", await shop.pullRequest(await shop.open("change")));
});
beforeEach(() => {
  const { checkRuns, comments } = shop.github.repository("acme/shop");
  checkRuns.clear();
  comments.clear();
});
afterAll(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const runs = () => [...shop.github.repository("acme/shop").checkRuns.values()];
const comments = () => [...shop.github.repository("acme/shop").comments.values()];

async function say(decision: Decision, told?: Told, about = subject): Promise<string[]> {
  const client = getOctokit("job", { baseUrl: shop.github.url });
  const now = new Date("2025-06-03T09:42:00Z");
  const before = await gather(client, about, { now, comment: true, check, marker: "<!-- app -->" });
  return publish(client, about, decision, { ...before, check, marker: "<!-- app -->" }, told);
}

describe("what the App tells beside the decision", () => {
  test("a provisional check is in progress whatever the answer, and then settles in the same run", async () => {
    expect(await say(fixture("high-blocked"), { settling: waits })).toEqual([]);
    expect(runs()).toMatchObject([{ name: check, status: "in_progress", conclusion: null }]);
    expect(comments()[0]?.body).toContain("provisional, waits for CI; so far blocked");
    await say(fixture("high-blocked"), { settling: { provisional: false, missing: ["ci"] } });
    expect(runs()).toMatchObject([{ status: "completed", conclusion: "failure" }]);
    expect(comments()).toHaveLength(1);
    expect(comments()[0]?.body).toContain("Settled without CI: nothing had come by the deadline.");
  });

  test("buttons are on the check where they were asked for, and no others", async () => {
    await say(fixture("needs-approval"));
    expect(runs()[0]?.actions).toEqual([]);
    await say(fixture("needs-approval"), { actions: checkActions(fixture("needs-approval")) });
    expect(runs()[0]?.actions).toMatchObject([
      { identifier: "rescore" },
      { identifier: "explain" },
      { identifier: "approve" },
    ]);
    await say(fixture("approved"), { actions: checkActions(fixture("approved")) });
    expect(runs()[0]?.actions).toHaveLength(2);
  });

  test("a shadow posts nothing where it is to be silent, and what the Action always posted elsewhere", async () => {
    expect(await say(fixture("shadow"), { silentInShadow: true })).toEqual([]);
    expect([...runs(), ...comments()]).toEqual([]);
    await say(fixture("shadow"));
    expect(runs()).toHaveLength(1);
    expect(comments()).toHaveLength(1);
  });

  test("a hold shows in both, and quiet in one line", async () => {
    await say(fixture("middle"), { hold: { actor: "dana", reason: "vendor" }, quiet: true });
    expect(runs()).toMatchObject([{ conclusion: "action_required" }]);
    expect(runs()[0]?.output.title).toMatch(/^On hold by dana · /u);
    expect(comments()[0]?.body.split("\n")[1]).toMatch(/ · on hold by `dana`$/u);
  });
});

test("of a merge group only the check is written, under the name of its base", async () => {
  const { pullRequest: _, ...rest } = subject;
  const group: Subject = { ...rest, kind: "group" };
  expect(await say(fixture("middle"), { commands: true }, group)).toEqual([]);
  expect(runs()).toMatchObject([{ name: check, headSha: subject.head, conclusion: "success" }]);
  expect(comments()).toEqual([]);
  await say(fixture("middle"), {}, { ...group, baseBranch: "release/1" });
  expect(runs().map((run) => run.name)).toEqual([check, `${check} (release/1)`]);
});
