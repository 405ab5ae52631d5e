import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import * as z from "zod";
import { slug } from "../../app/app.ts";
import { marker, type Shops, startShops } from "../../app/shops.ts";

/** Deliveries that come twice, late, or before those that they follow; and clocks that differ. */

const owners = ["twice", "early", "late", "edited", "gate"] as const;
let shops: Shops;
beforeAll(async () => {
  shops = await startShops([], { own: Object.fromEntries(owners.map((owner) => [owner, asked])) });
}, 180_000);
afterAll(async () => {
  expect(shops.github.violations()).toEqual([]);
  await shops.close();
});

const thresholds = ".github/adaptive-deploy/thresholds-and-windows.yaml";
const asked = {
  files: { [thresholds]: "schema-version: 1\ndefaults: { mode: enforced, approval: { from: 0 } }\n" },
};
const change = (text: string) => ({ "src/pay.ts": `export const pay = ${text};\n` });

const pullOf = (owner: string) => {
  const pull = shops.github.repository(`${owner}/shop`).pulls.get(1);
  if (!pull) throw new Error("The pull request is not there.");
  return pull;
};
const eventsOf = (owner: string) => shops.github.events(`${owner}/shop`).as({ login: "ben", app: slug });
const replies = (owner: string) =>
  [...shops.github.repository(`${owner}/shop`).comments.values()].filter(
    ({ user, body }) => user.login === `${slug}[bot]` && !body.startsWith(marker),
  );

/** Deliveries are handled when the last of a lane has its answer. */
async function settled(owner: string): Promise<void> {
  const help = await shops.say(owner, "maria", "/help");
  await vi.waitFor(() => expect(help.reactions.map(({ content }) => content)).toContain("rocket"), {
    timeout: 60_000,
  });
}

test("the same events under other ids: one comment, one check, one answer, one approval", async () => {
  for (const _ of [1, 2, 3]) await shops.pull("twice");
  await shops.decided("twice");
  const said = await shops.say("twice", "rita", "/approve-risk The migration was rehearsed");
  await shops.send("issue_comment", eventsOf("twice").issueComment(said));
  await settled("twice");
  expect(shops.comments("twice")).toHaveLength(1);
  expect(shops.checks("twice")).toMatchObject([{ conclusion: "success" }]);
  // One to the approval, one to /help.
  expect(replies("twice")).toHaveLength(2);
  expect((await shops.decided("twice")).approvals).toHaveLength(1);
});

test("synchronize before opened: the head of now, once", async () => {
  const opened = await eventsOf("early").pullRequest(pullOf("early"), "opened");
  const head = shops.push("early", change("3"));
  await shops.pull("early", "synchronize");
  await shops.decided("early");
  await shops.send("pull_request", opened);
  await settled("early");
  expect(shops.comments("early")).toHaveLength(1);
  expect(shops.checks("early").filter((one) => one.head === head)).toMatchObject([
    { conclusion: "action_required" },
  ]);
  expect(shops.comments("early")[0]).toContain(head.slice(0, 7));
});

test("an approval of the old head, heard after the push, counts for nothing", async () => {
  await shops.pull("late");
  const old = (await shops.decided("late")).subject.head;
  const said = await fetch(`${shops.github.url}/repos/late/shop/issues/1/comments`, {
    method: "POST",
    headers: { authorization: "Bearer rita-token", "content-type": "application/json" },
    body: JSON.stringify({ body: `/approve-risk ${old} fine` }),
  });
  expect(said.status).toBe(201);
  const written = [...shops.github.repository("late/shop").comments.values()].at(-1);
  if (!written) throw new Error("The comment is not there.");
  shops.push("late", change("4"));
  await shops.pull("late", "synchronize");
  await shops.send("issue_comment", eventsOf("late").issueComment(written));
  await settled("late");
  expect(written.reactions.map(({ content }) => content)).toContain("-1");
  await shops.pull("late", "reopened");
  await settled("late");
  expect(
    shops.decisions.filter(({ approvals }) => approvals.length > 0).map(({ subject }) => subject.repository),
  ).not.toContain("late/shop");
});

test("a comment that is heard as edited before it is heard as written approves nothing", async () => {
  await shops.pull("edited");
  await shops.decided("edited");
  const answer = await fetch(`${shops.github.url}/repos/edited/shop/issues/1/comments`, {
    method: "POST",
    headers: { authorization: "Bearer rita-token", "content-type": "application/json" },
    body: JSON.stringify({ body: "/approve-risk fine" }),
  });
  const { id } = z.object({ id: z.number() }).parse(await answer.json());
  const written = shops.github.repository("edited/shop").comments.get(id);
  if (!written) throw new Error("The comment is not there.");
  const created = eventsOf("edited").issueComment(written);
  await fetch(`${shops.github.url}/repos/edited/shop/issues/comments/${id}`, {
    method: "PATCH",
    headers: { authorization: "Bearer rita-token", "content-type": "application/json" },
    body: JSON.stringify({ body: "/approve-risk fine, all of it" }),
  });
  await shops.send("issue_comment", eventsOf("edited").issueComment(written, "edited", "/approve-risk fine"));
  await shops.send("issue_comment", created);
  await settled("edited");
  await shops.pull("edited", "reopened");
  await settled("edited");
  expect(await shops.decided("edited")).toMatchObject({ allowed: false, approvals: [] });
});

test("a gate before any decision of its commit is answered on the spot, and once under several ids", async () => {
  const { github } = shops;
  const repository = github.repository("gate/shop");
  const ref = (await repository.git.text(["rev-parse", "main"])).trim();
  await fetch(`${github.url}/repos/gate/shop/deployments`, {
    method: "POST",
    headers: { authorization: "Bearer ben-token", "content-type": "application/json" },
    body: JSON.stringify({ ref, environment: "production", auto_merge: false, required_contexts: [] }),
  });
  const deployment = [...repository.deployments.values()].at(-1);
  if (!deployment) throw new Error("No deployment was made.");
  const { id: run } = github.addRun("gate/shop", { headSha: ref, actor: "ben" });
  const payload = await eventsOf("gate").protectionRule({ run, environment: "production", deployment });
  for (const _ of [1, 2, 3]) await shops.send("deployment_protection_rule", payload);
  const answers = () => repository.runs.get(run)?.protectionAnswers ?? [];
  await vi.waitFor(() => expect(answers()).toHaveLength(1), { timeout: 60_000 });
  await shops.pull("gate");
  await settled("gate");
  expect(answers()).toMatchObject([{ state: null }]);
});

describe("GitHub's clock is ten minutes", () => {
  const minutes = 60_000;
  test.each([
    ["ahead", 10 * minutes],
    ["behind", -10 * minutes],
  ])("%s: the App asks, decides, and takes an approval that a push then voids", async (_what, aheadMs) => {
    const skewed = await startShops(["acme"], { aheadMs });
    await skewed.pull("acme");
    expect(await skewed.decided("acme")).toMatchObject({ needs_approval: true, approvals: [] });
    await skewed.say("acme", "rita", "/approve-risk Seen");
    const approved = await skewed.decided("acme", 2);
    expect(approved.approvals).toMatchObject([{ actor: "rita" }]);
    skewed.push("acme", change("5"));
    await skewed.pull("acme", "synchronize");
    expect((await skewed.decided("acme", 3)).approvals).toEqual([]);
    expect(skewed.checks("acme")).toHaveLength(2);
    expect(skewed.github.violations()).toEqual([]);
    await skewed.close();
  });
});
