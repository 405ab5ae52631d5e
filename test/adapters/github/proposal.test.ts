import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Proposal, proposalBranch, propose } from "../../../adapters/github/proposal.ts";
import type { Permissions } from "../../../emulated/github/index.ts";
import { commitFiles, commitOn, git } from "../../emulated/small-repository.ts";
import { type RolloutWorld, rolloutWorld, shop } from "./rollout-world.ts";

const model = ".github/adaptive-deploy/model.json";
const card = ".github/adaptive-deploy/model-card.md";
const thresholds = ".github/adaptive-deploy/thresholds-and-windows.yaml";
const learnt = (data: string): Proposal => ({
  kind: "model",
  files: { [model]: `{"data":"${data}"}\n`, [card]: `# ${data}\n` },
  title: `Model of ${data}`,
  body: "**It is better.**\n",
});
const first = learnt("first");
const second = learnt("second");

let world: RolloutWorld;
async function begin(permissions: Permissions = { contents: "write", pull_requests: "write" }) {
  world = await rolloutWorld(permissions);
}
beforeEach(() => begin());
afterEach(async () => {
  expect(world.github.violations()).toEqual([]);
  await world.close();
});

const repository = () => world.github.repository(shop);
const folder = () => repository().git.folder;
const pulls = () => [...repository().pulls.values()];
const ask = (proposal: Proposal) => propose(world.client, shop, proposal);
const branches = () =>
  git(folder(), "for-each-ref", "--format=%(refname:short)", "refs/heads/adaptive-deploy/")
    .split("\n")
    .filter(Boolean);
const change = (number: number) => ({ owner: "acme", repo: "shop", pull_number: number });
const closeIt = (number: number) =>
  world.client.request("PATCH /repos/{owner}/{repo}/pulls/{pull_number}", {
    ...change(number),
    state: "closed",
  });
const mergeIt = (number: number) =>
  world.client.request("PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge", change(number));

test("the files come as one signed commit in one pull request, and the default branch stays where it is", async () => {
  const main = git(folder(), "rev-parse", "main");
  const said = await ask(first);
  const branch = proposalBranch(first);
  expect(branch).toMatch(/^adaptive-deploy\/model-[0-9a-f]{12}$/);
  expect(said).toMatchObject({ outcome: "opened", number: 1, branch, replaced: [] });
  expect(said.sentence).toMatch(/^http\S+\/pull\/1 proposes it\.$/);
  expect(pulls()).toMatchObject([
    { state: "open", merged: null, headRef: branch, baseRef: "main", title: "Model of first" },
  ]);
  expect(pulls()[0]?.body).toContain("**It is better.**");
  expect(git(folder(), "show", `${branch}:${model}`)).toBe('{"data":"first"}');
  expect(git(folder(), "diff", "--name-only", `main..${branch}`).split("\n")).toEqual([card, model]);
  expect(git(folder(), "rev-list", "--count", `main..${branch}`)).toBe("1");
  expect(git(folder(), "rev-parse", "main")).toBe(main);
});

test("asked again it changes nothing, merged there is nothing to propose, and taken back it says so", async () => {
  await ask(first);
  const asked = world.github.requests.length;
  expect(await ask(first)).toMatchObject({ outcome: "standing", number: 1 });
  const methods = world.github.requests.slice(asked).map(({ method, operation }) => `${method} ${operation}`);
  expect(methods.filter((one) => !one.startsWith("GET") && one !== "POST graphql")).toEqual([]);
  await mergeIt(1);
  expect(await ask(first)).toMatchObject({
    outcome: "nothing",
    sentence: "main holds exactly this already.",
  });
  commitFiles(folder(), "Revert the model", { [model]: null, [card]: null });
  expect(await ask(first)).toMatchObject({ outcome: "declined", number: 1 });
  expect(pulls()).toHaveLength(1);
});

test("closed by a person is a no to exactly this", async () => {
  await ask(first);
  await closeIt(1);
  const said = await ask(first);
  expect(said).toMatchObject({ outcome: "declined", number: 1 });
  expect(said.sentence).toContain("was closed");
  expect(await ask(second)).toMatchObject({ outcome: "opened", number: 2, replaced: [] });
});

test("the base may move meanwhile", async () => {
  await ask(first);
  commitFiles(folder(), "Go on", { "src/pay.ts": "export const pay = 2;\n" });
  expect(await ask(first)).toMatchObject({ outcome: "standing" });
  await mergeIt(1);
  expect(git(folder(), "show", "main:src/pay.ts")).toBe("export const pay = 2;");
  expect(git(folder(), "show", `main:${model}`)).toBe('{"data":"first"}');
});

describe("an older proposal of the same kind", () => {
  test("is closed with what replaces it, and its branch goes", async () => {
    await ask(first);
    expect(await ask(second)).toMatchObject({ outcome: "opened", number: 2, replaced: [1] });
    expect(pulls().map(({ state }) => state)).toEqual(["closed", "open"]);
    expect(pulls()[0]?.body).toMatch(/^\*\*Replaced by #2\.\*\*\n\n.*It is better/s);
    expect(branches()).toEqual([proposalBranch(second)]);
  });

  test("stays as it is where somebody committed on its branch", async () => {
    await ask(first);
    const branch = proposalBranch(first);
    commitOn(folder(), { branch, message: "Edit the card", files: { [card]: "# Mine\n" } });
    const tip = git(folder(), "rev-parse", branch);
    const body = pulls()[0]?.body;
    const said = await ask(first);
    expect(said.sentence).toContain("holds something else");
    expect(await ask(second)).toMatchObject({ outcome: "opened", replaced: [] });
    expect(pulls()[0]).toMatchObject({ state: "open", body });
    expect(git(folder(), "rev-parse", branch)).toBe(tip);
  });

  test("of another kind, or a branch that only looks like one, is left alone", async () => {
    const state: Proposal = { ...first, kind: "state", files: { [thresholds]: "schema-version: 1\n" } };
    await ask(state);
    git(folder(), "branch", "adaptive-deploy/model-mine", "main");
    git(folder(), "branch", "adaptive-deploy/model-0123456789ab", "main");
    expect(await ask(first)).toMatchObject({ replaced: [] });
    expect(pulls().map(({ state }) => state)).toEqual(["open", "open"]);
    expect(branches()).toHaveLength(4);
  });

  test("keeps its branch where somebody commits between the look and the deleting", async () => {
    await ask(first);
    const branch = proposalBranch(first);
    const client: typeof world.client = {
      ...world.client,
      request: world.client.request,
      graphql: (query, variables) => {
        if (query.includes("updateRefs"))
          commitOn(folder(), { branch, message: "Mine", files: { "mine.md": "x\n" } });
        return world.client.graphql(query, variables);
      },
    };
    expect(await propose(client, shop, second)).toMatchObject({ outcome: "opened", replaced: [1] });
    expect(git(folder(), "show", `${branch}:mine.md`)).toBe("x");
  });
});

describe("whoever may push is first, or pushes behind us", () => {
  const branch = proposalBranch(first);
  const extra = { ".github/workflows/x.yml": "on: push\n" };
  const plant = (files: Record<string, string>) =>
    commitOn(folder(), { branch, from: "main", message: "Model", files });
  const openIt = (base = "main") =>
    world.client.request("POST /repos/{owner}/{repo}/pulls", {
      ...{
        owner: "acme",
        repo: "shop",
        title: "Model of first",
        body: "**It is better.**",
        head: branch,
        base,
      },
    });

  test("a commit with more than the files is not taken for ours", async () => {
    plant({ ...first.files, ...extra });
    await expect(ask(first)).rejects.toMatchObject({ reasonCode: "proposal-conflict" });
    expect(pulls()).toEqual([]);
  });

  test.each([
    ["another model", { ...first.files, [model]: "{}\n" }],
    ["another file besides", { ...first.files, ...extra }],
  ])("a pull request with %s is named as such, and replaces none of ours", async (_, files) => {
    await ask(second);
    plant(files);
    await openIt();
    const said = await ask(first);
    expect(said).toMatchObject({ outcome: "standing", number: 2, replaced: [] });
    expect(said.sentence).toContain("holds something else");
    expect(pulls().map(({ state }) => state)).toEqual(["open", "open"]);
  });

  test("a pull request to another branch is neither a proposal nor a no", async () => {
    plant(first.files);
    git(folder(), "branch", "aside", "main");
    await openIt("aside");
    await closeIt(1);
    expect(await ask(first)).toMatchObject({ outcome: "opened", number: 2 });
    expect(pulls()[1]).toMatchObject({ baseRef: "main" });
  });
});

describe("a request that breaks off leaves nothing twice", () => {
  const writes = [
    { operation: "git/create-ref" },
    { mentions: "createCommitOnBranch" },
    { operation: "pulls/create" },
    { operation: "pulls/update" },
    { mentions: "updateRefs" },
  ];
  const reads = [
    { mentions: "ProposalLook" },
    { operation: "pulls/list" },
    { operation: "git/list-matching-refs" },
  ];
  const cases = (["dropped", "lost"] as const).flatMap((kind) =>
    [...writes, ...reads].map(
      (where) => [kind, where.operation ?? where.mentions, { ...where, kind }] as const,
    ),
  );
  test.each(cases)("%s at %s", async (_kind, _where, fault) => {
    await ask(first);
    world.github.failNext(fault);
    await Promise.allSettled([ask(second)]);
    const said = await ask(second);
    expect(["opened", "standing"]).toContain(said.outcome);
    expect(pulls().map(({ state }) => state)).toEqual(["closed", "open"]);
    expect(pulls()[0]?.body?.match(/Replaced by #2/g)).toHaveLength(1);
    expect(branches()).toEqual([proposalBranch(second)]);
    expect(git(folder(), "rev-list", "--count", `main..${proposalBranch(second)}`)).toBe("1");
  });

  test("nor does it where the base moved before it was asked again", async () => {
    world.github.failNext({ mentions: "createCommitOnBranch", kind: "dropped" });
    await expect(ask(first)).rejects.toMatchObject({ reasonCode: "github-unreachable" });
    commitFiles(folder(), "Go on", { "src/pay.ts": "export const pay = 2;\n" });
    expect(await ask(first)).toMatchObject({ outcome: "opened" });
    expect(git(folder(), "rev-list", "--count", `main..${proposalBranch(first)}`)).toBe("1");
  });

  test("nor do two runs at once", async () => {
    const both = await Promise.allSettled([ask(first), ask(first)]);
    expect(both.map(({ status }) => status)).toContain("fulfilled");
    expect((await ask(first)).outcome).toBe("standing");
    expect(pulls()).toHaveLength(1);
    expect(git(folder(), "rev-list", "--count", `main..${proposalBranch(first)}`)).toBe("1");
  });
});

describe("it stops, says why, and opens nothing where", () => {
  const edit: Proposal = {
    ...{ kind: "state", title: "Advisory", body: "" },
    files: { [thresholds]: "after\n" },
    edited: { [thresholds]: "before\n" },
  };
  const other = () =>
    void commitOn(folder(), {
      branch: proposalBranch(first),
      from: "main",
      message: "Odd",
      files: { a: "b" },
    });
  const forbidden = () =>
    world.github.failNext({
      ...{ operation: "pulls/create", kind: "status", status: 403 },
      message: "GitHub Actions is not permitted to create or approve pull requests.",
    });
  test.each<[string, string, () => unknown, Proposal?]>([
    ["the file that was edited is another one by now", "base-changed", () => undefined, edit],
    ["the branch is there and holds something else", "proposal-conflict", other],
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
    ["the repository lets no workflow open them", "pull-requests-forbidden", forbidden],
    [
      "a file is more than GitHub shows",
      "file-too-large",
      () => undefined,
      { ...first, files: { [model]: "x".repeat(9 * 1024 * 1024) } },
    ],
  ])("%s", async (_, reasonCode, arrange, proposal = first) => {
    const before = world;
    await arrange();
    if (before !== world) await before.close();
    await expect(ask(proposal)).rejects.toMatchObject({ reasonCode });
    expect(pulls()).toEqual([]);
  });

  test("and goes on once the setting is another one", async () => {
    forbidden();
    await expect(ask(first)).rejects.toThrow(/Settings → Actions → General/);
    expect(await ask(first)).toMatchObject({ outcome: "opened" });
    expect(git(folder(), "rev-list", "--count", `main..${proposalBranch(first)}`)).toBe("1");
  });
});

test("a text of any length is opened, and closed with what replaces it", async () => {
  expect(await ask({ ...first, body: "x".repeat(80_000) })).toMatchObject({ outcome: "opened" });
  expect(pulls()[0]?.body?.length).toBeLessThanOrEqual(65_536);
  expect(await ask(second)).toMatchObject({ replaced: [1] });
  expect(pulls()[0]?.body?.length).toBeLessThanOrEqual(65_536);
});
