import { getOctokit } from "@actions/github";
import { afterEach, describe, expect, it } from "vitest";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import { comments, decideOn, decisionOf, inMode, rule, type Shop, startShop } from "../actions/shop.ts";
import type { Files } from "../emulated/small-repository.ts";

/** Inputs, branches, tags and files that a pull request or a push chooses, on the emulated GitHub. */

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const plain = { "src/pay.ts": "export const pay = 2;\n" };
const strict: Files = { ...rule("block"), ...inMode("enforced") };
const lax: Files = { "ops/lax/guardrails.rules": 'rule "all": when risk_score >= 0 then notify "lax"\n' };

async function opened(onMain: Files, change: Files) {
  shop = await startShop(onMain);
  shop.branch("change", change);
  const number = await shop.open("change");
  return { number, payload: await shop.pullRequest(number) };
}

const pushed = (branch: string, before: string) =>
  shop.github.events("acme/shop").push({ branch, before, after: shop.tip(branch) });

describe("the input policy of a pull request", () => {
  it.each(["default", "ops/lax"])("%s does not replace a policy that enforces", async (policy) => {
    const { payload } = await opened({ ...strict, ...lax }, plain);
    const ended = await decideOn(shop, "pull_request", payload, { inputs: { policy } });
    expect(decisionOf(ended).decision).toMatchObject({
      allowed: false,
      mode: "enforced",
      policy_version: { name: "repository" },
    });
    expect(ended.warnings.join("\n")).toContain(`The input policy "${policy}" does not count`);
  });

  it("counts where the repository only advises, and in a run of the default branch", async () => {
    const { payload } = await opened({ ...rule("block"), ...lax }, plain);
    const advised = await decideOn(shop, "pull_request", payload, { inputs: { policy: "ops/lax" } });
    expect(decisionOf(advised).decision.policy_version.name).toBe("lax");
    const push = await pushed("main", shop.tip("main"));
    const trusted = await decideOn(shop, "push", push, { inputs: { policy: "ops/lax" } });
    expect(decisionOf(trusted).decision.policy_version.name).toBe("lax");
  });
});

describe("what a change may not bring along", () => {
  const hiding = { ".gitattributes": "src/** linguist-generated\n" };

  it("is a base of its own whose .gitattributes hide its lines", async () => {
    shop = await startShop();
    shop.branch("mine", hiding);
    shop.branch("change", plain, "mine");
    const payload = await shop.pullRequest(await shop.open("change", { base: "mine" }));
    expect(decisionOf(await decideOn(shop, "pull_request", payload)).decision.not_counted).toBeUndefined();
  });

  it("are .gitattributes that were pushed to its branch before", async () => {
    shop = await startShop();
    const before = shop.branch("mine", hiding);
    shop.branch("mine", plain, "mine");
    const push = await pushed("mine", before);
    expect(decisionOf(await decideOn(shop, "push", push)).decision.not_counted).toBeUndefined();
  });

  it("is a policy under a tag that is named like a base of the policy", async () => {
    shop = await startShop({
      ...rule("block"),
      ".github/adaptive-deploy.yml": "schema-version: 1\npolicy-bases: [stable]\n",
    });
    const before = shop.branch("mine", rule('notify "mine"'));
    shop.branch("mine", plain, "mine");
    const push = { ...(await pushed("mine", before)), ref: "refs/tags/stable" };
    expect(decisionOf(await decideOn(shop, "push", push)).decision.allowed).toBe(false);
  });

  it("is a policy that was deployed before, under the name of such a base", async () => {
    shop = await startShop({
      ...rule("block"),
      ".github/adaptive-deploy.yml": "schema-version: 1\npolicy-bases: [stable]\n",
    });
    shop.branch("mine", rule('notify "mine"'));
    shop.branch("stable", plain);
    shop.github.addToken("deployer", {
      app: "github-actions",
      permissions: { deployments: "write", contents: "read" },
    });
    const client = getOctokit("deployer", { baseUrl: shop.github.url });
    const place = { owner: "acme", repo: "shop", required_contexts: [], auto_merge: false };
    for (const ref of ["mine", "stable"]) await client.rest.repos.createDeployment({ ...place, ref });
    const last = [...shop.github.repository("acme/shop").deployments.values()].find(
      ({ sha }) => sha === shop.tip("stable"),
    );
    if (!last) throw new Error("no deployment");
    const event = shop.github.events("acme/shop").deployment(last);
    const { decision } = decisionOf(await decideOn(shop, "deployment", event, { token: "deployer" }));
    expect(decision.subject.base).toBe(shop.tip("main"));
    expect(decision.allowed).toBe(false);
  });
});

describe("a tag that is named like the default branch", () => {
  const about = (ref: string) => ({
    repository: { full_name: "acme/shop", default_branch: "main" },
    ref,
    before: "a".repeat(40),
    after: "b".repeat(40),
  });

  it.each([
    ["workflow_dispatch", "refs/heads/main", true, "main"],
    ["workflow_dispatch", "refs/tags/main", false, "tags/main"],
    ["push", "refs/heads/main", true, "main"],
    ["push", "refs/tags/main", false, "tags/main"],
  ])("%s of %s: trusted %s, check of %s", (event, ref, trustedRun, baseBranch) => {
    const subject = subjectOfEvent(event, about(ref), { GITHUB_SHA: "b".repeat(40) });
    expect(subject).toMatchObject({ trustedRun, baseBranch });
  });
});

describe("a decision is for the head of its event", () => {
  it("and not for the files of a head that was pushed since", async () => {
    const wide = { "src/pay.ts": "x\n".repeat(500), "src/more.ts": "x\n".repeat(500) };
    const { payload } = await opened({}, wide);
    const head = shop.tip("change");
    const early = decisionOf(await decideOn(shop, "pull_request", payload)).decision;
    shop.branch("change", plain);
    const late = decisionOf(await decideOn(shop, "pull_request", payload)).decision;
    expect(late.subject.head).toBe(head);
    expect(late.risk_score).toBe(early.risk_score);
  });
});

describe("a comment of a person who is called like the App", () => {
  it("is not taken for ours", async () => {
    const { number, payload } = await opened({}, plain);
    const repository = shop.github.repository("acme/shop");
    const ours = { inputs: { comment: "true" } };
    decisionOf(await decideOn(shop, "pull_request", payload, ours));
    const [comment] = [...repository.comments.values()];
    if (!comment) throw new Error("no comment was written");
    expect(comment.number).toBe(number);
    comment.user = { ...comment.user, login: "github-actions", type: "User" };
    decisionOf(await decideOn(shop, "pull_request", payload, ours));
    expect(comments(shop)).toHaveLength(2);
  });
});
