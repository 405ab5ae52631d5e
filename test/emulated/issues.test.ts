import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { addressOf } from "../../app/inbox/address.ts";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
const shop = { owner: "acme", repo: "shop" };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = (auth: string): Octokit => new Octokit({ auth, baseUrl: github.url, log: quiet });

beforeEach(async () => {
  repository = smallRepository({
    ".github/workflows/back.yml": "on: { workflow_dispatch: { inputs: { service: {} } } }\njobs: {}\n",
    ".github/workflows/push.yml": "on: push\njobs: {}\n",
  });
  git(repository.folder, "switch", "--quiet", "-c", "change");
  commitFiles(repository.folder, "Change", { "README.md": "# The shop\n" });
  github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: repository.folder },
        collaborators: { maria: "admin", eve: "read" },
        pulls: [{ number: 1, title: "Change", author: "maria", head: "change" }],
      },
    ],
    apps: [{ slug: "deployer" }],
    tokens: {
      maria: { user: "maria" },
      eve: { user: "eve" },
      job: { app: "github-actions", permissions: { issues: "write", actions: "write" } },
      pulls: { app: "github-actions", permissions: { pull_requests: "write", actions: "read" } },
    },
  });
});
afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  repository.remove();
});

describe("issues", () => {
  const about = { ...shop, title: "Taken back", body: "why", labels: ["incident"] };

  it("share their numbers with pull requests, and stand in one list with them", async () => {
    const { data } = await client("job").rest.issues.create(about);
    expect(data).toMatchObject({ number: 2, state: "open", user: { login: "github-actions[bot]" } });
    expect(data.pull_request).toBeUndefined();
    const pull = await github.openPull("acme/shop", { title: "More", author: "maria", head: "change" });
    expect(pull.number).toBe(3);
    const listed = await client("job").rest.issues.listForRepo({ ...shop, state: "all" });
    expect(listed.data.map((one) => [one.number, one.pull_request !== undefined])).toEqual([
      [3, true],
      [2, false],
      [1, true],
    ]);
    const labelled = await client("job").rest.issues.listForRepo({ ...shop, labels: "incident" });
    expect(labelled.data.map((one) => one.number)).toEqual([2]);
  });

  it("are changed, labelled and closed by those who may, and commented by everyone", async () => {
    const { data } = await client("job").rest.issues.create(about);
    const one = { ...shop, issue_number: data.number };
    await client("job").rest.issues.update({ ...one, body: "over", state: "closed" });
    await client("job").rest.issues.addLabels({ ...one, labels: ["page"] });
    const read = await client("job").rest.issues.get(one);
    expect(read.data).toMatchObject({ body: "over", state: "closed", title: "Taken back" });
    expect(read.data.labels).toHaveLength(2);
    await expect(client("eve").rest.issues.update({ ...one, state: "open" })).rejects.toMatchObject({
      status: 403,
    });
    const comment = await client("eve").rest.issues.createComment({ ...one, body: "hm" });
    expect(comment.data.html_url).toContain(`/issues/${data.number}#issuecomment-`);
  });

  it("take the permission of issues, which the one of pull requests is not", async () => {
    const { data } = await client("job").rest.issues.create(about);
    const write = client("pulls").rest.issues.createComment({
      ...shop,
      issue_number: data.number,
      body: "x",
    });
    await expect(write).rejects.toMatchObject({ status: 403 });
  });

  it("send events of GitHub's form when somebody comments", async () => {
    const { data } = await client("job").rest.issues.create(about);
    const made = await client("maria").rest.issues.createComment({
      ...shop,
      ...{ issue_number: data.number, body: "/rollout" },
    });
    const comment = github.repository("acme/shop").comments.get(made.data.id);
    if (comment === undefined) throw new Error("The comment was not written.");
    const payload = github.events("acme/shop").as({ app: "deployer" }).issueComment(comment);
    const to = { url: `${github.url}/nowhere`, secret: "secret" };
    await github.sendEvent("issue_comment", payload, { app: "deployer", to });
    expect(github.violations().filter(({ where }) => where === "event")).toEqual([]);
    github.clearViolations();
    expect(addressOf("issue_comment", payload)).toBeUndefined();
  });
});

describe("a workflow", () => {
  const back = { ...shop, workflow_id: "back.yml", ref: "main" };

  it("is started where it takes the event and its inputs", async () => {
    await client("job").rest.actions.createWorkflowDispatch({ ...back, inputs: { service: "pay" } });
    const { data } = await client("job").rest.actions.listWorkflowRuns({ ...shop, workflow_id: "back.yml" });
    expect(data.workflow_runs).toMatchObject([
      { event: "workflow_dispatch", head_branch: "main", actor: { login: "github-actions[bot]" } },
    ]);
  });

  it.each([
    [{ ...back, inputs: { other: "x" } }, 422],
    [{ ...back, workflow_id: "push.yml" }, 422],
    [{ ...back, workflow_id: "none.yml" }, 404],
    [{ ...back, ref: "gone" }, 422],
  ])("is not started otherwise: %j", async (dispatch, status) => {
    await expect(client("job").rest.actions.createWorkflowDispatch(dispatch)).rejects.toMatchObject({
      status,
    });
  });

  it("takes the permission to write actions", async () => {
    await expect(client("pulls").rest.actions.createWorkflowDispatch(back)).rejects.toMatchObject({
      status: 403,
    });
  });
});
