import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { githubRevert } from "../../../adapters/github/git-revert.ts";
import type { Permissions } from "../../../emulated/github/index.ts";
import { story } from "../../core/rollout/story.ts";
import { commitFiles, commitOn, git } from "../../emulated/small-repository.ts";
import { type RolloutWorld, rolloutWorld, shop } from "./rollout-world.ts";

const path = "deploy/shop/rollout.yaml";
const manifest = (image: string, more = "") => `kind: Rollout\nspec:\n  image: ${image}\n${more}`;
const tale = story({ candidate: { id: "shop:2" }, stable: { id: "shop:1" } }).does(2);
tale.verdict("rollback", 0, "evidence-of-harm");
const { plan } = tale.state;
const branch = `adaptive-deploy/revert-${plan.rollout}`;

let world: RolloutWorld;
async function begin(permissions: Permissions = { contents: "write", pull_requests: "write" }) {
  world = await rolloutWorld(permissions);
  commit("Add the shop", manifest("shop:1"));
  commit("Release 2", manifest("shop:2", "  flag: new\n"));
}
beforeEach(() => begin());
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const folder = () => world.github.repository(shop).git.folder;
const commit = (message: string, text: string | null) => commitFiles(folder(), message, { [path]: text });
const pulls = () => [...world.github.repository(shop).pulls.values()];
const proposed = () => git(folder(), "show", `${branch}:${path}`);
const revert = (file: Partial<{ path: string; branch: string }> = {}) =>
  githubRevert({
    ...{ client: world.client, repository: shop, file: { path, ...file }, now: tale.at },
    told: async () => tale.state,
  });

test("the commit that brought the image is taken back in one pull request, which nobody merges", async () => {
  const brought = git(folder(), "rev-parse", "HEAD");
  const said = await revert().propose(plan);
  const [pull, ...others] = pulls();
  expect(others).toEqual([]);
  expect(said).toMatch(/^http\S+\/pull\/\d+ proposes it\.$/);
  expect(pull).toMatchObject({ state: "open", merged: null, headRef: branch, baseRef: "main" });
  expect(pull?.title).toBe("Revert shop in production to shop:1");
  for (const part of [`<!-- adaptive-deploy:revert:${plan.rollout} -->`, brought, "It is so.", "merge this"])
    expect(pull?.body).toContain(part);
  expect(proposed()).toBe(manifest("shop:1").trimEnd());
  expect(git(folder(), "diff", "--name-only", `main..${branch}`)).toBe(path);
  expect(git(folder(), "rev-list", "--count", `main..${branch}`)).toBe("1");
  expect(git(folder(), "rev-parse", "main")).toBe(brought);
});

test("asked again it says the same, also by another run, and once it is merged or closed it says so", async () => {
  const said = await revert().propose(plan);
  const asked = world.github.requests.length;
  expect(await revert().propose(plan)).toBe(said);
  expect(world.github.requests.slice(asked).map(({ method }) => method)).toEqual(["GET"]);
  const [pull] = pulls();
  const { number } = pull ?? { number: 0 };
  const change = { owner: "acme", repo: "shop", pull_number: number };
  await world.client.request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
    ...change,
    state: "closed",
  });
  await expect(revert().propose(plan)).rejects.toMatchObject({ reasonCode: "revert-closed" });
  await world.client.request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", { ...change, state: "open" });
  await world.client.request("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", change);
  expect(await revert().propose(plan)).toContain("is merged");
  expect(pulls()).toHaveLength(1);
});

describe("a request that breaks off leaves nothing twice", () => {
  const places = [
    { operation: "git/create-ref" },
    { mentions: "createCommitOnBranch" },
    { operation: "pulls/create" },
  ];
  const cases = (["dropped", "lost"] as const).flatMap((kind) =>
    places.map((where) => [kind, where.operation ?? where.mentions, { ...where, kind }] as const),
  );
  test.each(cases)("%s at %s", async (kind, where, fault) => {
    world.github.failNext(fault);
    const [first] = await Promise.allSettled([revert().propose(plan)]);
    // A pull request that was made all the same is found at once.
    const isMade = kind === "lost" && where === "pulls/create";
    expect(first.status).toBe(isMade ? "fulfilled" : "rejected");
    expect(await revert().propose(plan)).toContain("proposes it");
    expect(pulls()).toHaveLength(1);
    expect(git(folder(), "rev-list", "--count", `main..${branch}`)).toBe("1");
    expect(proposed()).toBe(manifest("shop:1").trimEnd());
  });

  test("nor do two runs at once", async () => {
    const both = await Promise.allSettled([revert().propose(plan), revert().propose(plan)]);
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    expect(await revert().propose(plan)).toContain("proposes it");
    expect(pulls()).toHaveLength(1);
    expect(git(folder(), "rev-list", "--count", `main..${branch}`)).toBe("1");
  });
});

test("what came into the file since stays", async () => {
  commit("Scale", manifest("shop:2", "  flag: new\n  replicas: 9\n"));
  await revert().propose(plan);
  expect(proposed()).toBe(manifest("shop:1", "  flag: new\n  replicas: 9").trimEnd());
});

test("a branch that policy names is the base", async () => {
  commitOn(folder(), { branch: "live", from: "main", message: "Live", files: { "live.md": "x\n" } });
  commit("Main is further", manifest("shop:3"));
  await revert({ branch: "live" }).propose(plan);
  expect(pulls()).toMatchObject([{ baseRef: "live" }]);
  expect(git(folder(), "diff", "--name-only", `live..${branch}`)).toBe(path);
});

test("where Git says the stable version already nothing is proposed", async () => {
  commit("Revert by hand", manifest("shop:1"));
  expect(await revert().propose(plan)).toContain("says shop:1 already");
  expect(pulls()).toEqual([]);
});

describe("a person reverts, and is told why, where", () => {
  const junk = () =>
    void commitOn(folder(), { branch, from: "main", message: "Odd", files: { [path]: manifest("shop:9") } });
  test.each<[string, string, () => unknown, { file?: { path?: string; branch?: string } }?]>([
    ["there is no such file", "revert-not-found", () => undefined, { file: { path: "deploy/other.yaml" } }],
    ["there is no such branch", "revert-not-found", () => undefined, { file: { branch: "gone" } }],
    ["no line names the image", "revert-not-found", () => commit("Release 3", manifest("shop:3"))],
    ["two lines name it", "several-matches", () => commit("Twice", manifest("shop:2", "  image: shop:2\n"))],
    [
      "something else was there before",
      "revert-conflict",
      () => [commit("Release 3", manifest("shop:3")), commit("Release 2 again", manifest("shop:2"))],
    ],
    ["the branch is there and holds something else", "revert-conflict", junk],
    [
      "the token may not write contents",
      "missing-permission",
      () => begin({ contents: "read", pull_requests: "write" }),
    ],
    [
      "the token may not open pull requests",
      "missing-permission",
      () => begin({ contents: "write", pull_requests: "read" }),
    ],
  ])("%s", async (_, reasonCode, arrange, { file = {} } = {}) => {
    const before = world;
    await arrange();
    if (before !== world) await before.close();
    await expect(revert(file).propose(plan)).rejects.toMatchObject({ reasonCode });
    expect(pulls()).toEqual([]);
  });
});
