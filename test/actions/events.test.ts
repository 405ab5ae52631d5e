import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { exitCodes } from "../../core/errors.ts";
import { checks, comments, decideOn, decisionOf, type Shop, startShop } from "./shop.ts";

const comment = { comment: "true" };
let shop: Shop;
beforeEach(async () => {
  shop = await startShop();
  shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
});
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const events = () => shop.github.events("acme/shop");
const none = "0".repeat(40);

describe("each event has its subject", () => {
  it("a push is a release from what was there before", async () => {
    const payload = await events().push({
      branch: "main",
      before: shop.tip("main"),
      after: shop.tip("change"),
    });
    const { decision } = decisionOf(await decideOn(shop, "push", payload, { inputs: comment }));
    expect(decision.subject).toMatchObject({
      kind: "release",
      base: shop.tip("main"),
      head: shop.tip("change"),
    });
    expect(comments(shop)).toHaveLength(0);
    expect(checks(shop).map((one) => one.name)).toEqual(["adaptive-deploy/decide"]);
  });

  it("the first push of a branch is measured from the last deployment, else from its parent", async () => {
    const payload = await events().push({ branch: "change", before: null, after: shop.tip("change") });
    const { decision } = decisionOf(await decideOn(shop, "push", payload));
    expect(decision.subject).toMatchObject({
      kind: "release",
      base: shop.tip("main"),
      head: shop.tip("change"),
    });
  });

  it("a root commit is measured from nothing", async () => {
    const payload = await events().push({ branch: "main", before: null, after: shop.tip("main") });
    const { decision } = decisionOf(await decideOn(shop, "push", payload));
    expect(decision.subject.head).toBe(shop.tip("main"));
  });

  it("a push that deletes a branch is no change", async () => {
    const payload = {
      ...(await events().push({ branch: "change", before: null, after: shop.tip("change") })),
      after: none,
      deleted: true,
    };
    const { error } = await decideOn(shop, "push", payload);
    expect(error).toMatchObject({ reasonCode: "branch-deleted", exitCode: exitCodes.usage });
  });

  it("a merge group carries the check under the same name, and no comment", async () => {
    const payload = await events().mergeGroup({
      base: shop.tip("main"),
      head: shop.tip("change"),
      pulls: [1],
    });
    const { decision } = decisionOf(await decideOn(shop, "merge_group", payload, { inputs: comment }));
    expect(decision.subject).toMatchObject({
      kind: "group",
      base: shop.tip("main"),
      head: shop.tip("change"),
    });
    expect(checks(shop).map((one) => [one.name, one.headSha])).toEqual([
      ["adaptive-deploy/decide", shop.tip("change")],
    ]);
    expect(comments(shop)).toHaveLength(0);
  });

  it("workflow_dispatch decides on the commit that runs", async () => {
    const payload = events().workflowDispatch({ branch: "change" });
    const environment = { GITHUB_SHA: shop.tip("change") };
    const { decision } = decisionOf(await decideOn(shop, "workflow_dispatch", payload, { environment }));
    expect(decision.subject).toMatchObject({
      kind: "release",
      head: shop.tip("change"),
      base: shop.tip("main"),
    });
    const { error } = await decideOn(shop, "workflow_dispatch", payload, {
      environment: { GITHUB_SHA: "main" },
    });
    expect(error).toMatchObject({ reasonCode: "no-commit" });
  });

  it("a deployment brings its environment, and the last one that succeeded is the base", async () => {
    shop.branch("second", { "src/more.ts": "export const more = 1;\n" }, "change");
    const { getOctokit } = await import("@actions/github");
    shop.github.addToken("deployer", {
      app: "github-actions",
      permissions: { deployments: "write", contents: "read" },
    });
    const client = getOctokit("deployer", { baseUrl: shop.github.url });
    const place = {
      owner: "acme",
      repo: "shop",
      environment: "staging",
      required_contexts: [],
      auto_merge: false,
    };
    const { data } = await client.rest.repos.createDeployment({ ...place, ref: shop.tip("main") });
    const id = { owner: "acme", repo: "shop", deployment_id: "id" in data ? data.id : 0 };
    await client.rest.repos.createDeploymentStatus({ ...id, state: "success" });
    await client.rest.repos.createDeployment({ ...place, ref: shop.tip("change") });
    await client.rest.repos.createDeployment({ ...place, ref: shop.tip("second") });
    const last = [...shop.github.repository("acme/shop").deployments.values()].find(
      (one) => one.sha === shop.tip("second"),
    );
    if (!last) throw new Error("no deployment");
    const token = "deployer";
    const { decision } = decisionOf(await decideOn(shop, "deployment", events().deployment(last), { token }));
    expect(decision).toMatchObject({
      environment: "staging",
      subject: { kind: "release", base: shop.tip("main"), head: shop.tip("second") },
    });
  });
});

describe("an event that is not as GitHub sends it", () => {
  it("and one that decide does not answer to list what it knows", async () => {
    const { error } = await decideOn(shop, "issues", {});
    expect(error).toMatchObject({ reasonCode: "unknown-event", exitCode: exitCodes.usage });
    expect(error?.message).toContain("pull_request, push, merge_group, workflow_dispatch, deployment");
  });

  const good = {
    repository: { full_name: "acme/shop" },
    pull_request: { number: 1, base: { ref: "main", sha: "a".repeat(40) }, head: { sha: "b".repeat(40) } },
  };
  it.each([
    ["nothing", null, "the payload"],
    ["a list", [], "the payload"],
    ["no pull request", { repository: good.repository }, "pull_request"],
    [
      "a repository that is a path",
      { ...good, repository: { full_name: "../../etc" } },
      "repository.full_name",
    ],
    [
      "a head that is an option",
      { ...good, pull_request: { ...good.pull_request, head: { sha: "--upload-pack=x" } } },
      "pull_request.head.sha",
    ],
    [
      "a negative number",
      { ...good, pull_request: { ...good.pull_request, number: -1 } },
      "pull_request.number",
    ],
    [
      "a count that is text",
      { ...good, pull_request: { ...good.pull_request, changed_files: "many" } },
      "pull_request.changed_files",
    ],
  ])("%s is refused with the field's name", async (_name, payload, field) => {
    const { error } = await decideOn(shop, "pull_request", payload);
    expect(error).toMatchObject({ reasonCode: "bad-event", exitCode: exitCodes.badInput });
    expect(error?.message).toContain(field);
    expect(shop.github.requests).toEqual([]);
  });

  it("an absurd number of files is asked for in no more than GitHub's thirty pages", async () => {
    const payload = await shop.pullRequest(await shop.open("change"));
    const copy = JSON.parse(JSON.stringify(payload));
    copy.pull_request.changed_files = 9_000_000;
    const { decision } = decisionOf(await decideOn(shop, "pull_request", copy));
    expect(shop.github.requests.filter((one) => one.operation === "pulls/list-files")).toHaveLength(30);
    expect(decision.notes.join("\n")).toContain("counts are lower bounds");
  });
});
