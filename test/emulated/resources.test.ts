import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
const shop = { owner: "acme", repo: "shop" };
const issue = { ...shop, issue_number: 1 };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const client = (auth?: string): Octokit =>
  new Octokit({ ...(auth ? { auth } : {}), baseUrl: github.url, log: quiet });
const head = (): string => git(repository.folder, "rev-parse", "change");

beforeEach(async () => {
  repository = smallRepository();
  git(repository.folder, "switch", "--quiet", "-c", "change");
  commitFiles(repository.folder, "Change", { "README.md": "# The shop\n" });
  github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: repository.folder, environments: ["production"] },
        collaborators: { maria: "admin", ben: "write", eve: "read" },
        pulls: [{ title: "Change", author: "ben", head: "change" }],
      },
    ],
    tokens: {
      maria: { user: "maria" },
      ben: { user: "ben" },
      job: {
        app: "github-actions",
        permissions: {
          checks: "write",
          pull_requests: "write",
          statuses: "write",
          deployments: "write",
          contents: "read",
        },
      },
      gate: { app: "gatekeeper", permissions: { deployments: "write", actions: "read" } },
    },
  });
});

afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  repository.remove();
});

describe("check runs", () => {
  const output = { title: "47 / 100", summary: "Medium" };

  it("keep output, annotations and buttons, and add annotations on update", async () => {
    const job = client("job");
    const annotation = {
      path: "README.md",
      start_line: 1,
      end_line: 1,
      annotation_level: "notice" as const,
      message: "Hm",
    };
    const made = await job.rest.checks.create({
      ...shop,
      name: "decide",
      head_sha: head(),
      status: "in_progress",
      output: { ...output, annotations: [annotation] },
      actions: [{ label: "Explain", description: "Say why", identifier: "explain" }],
    });
    expect(made.data).toMatchObject({
      status: "in_progress",
      conclusion: null,
      output: { annotations_count: 1 },
    });
    const id = { ...shop, check_run_id: made.data.id };
    await job.rest.checks.update({
      ...id,
      conclusion: "neutral",
      output: { ...output, annotations: [annotation] },
    });
    const read = await job.rest.checks.get(id);
    expect(read.data).toMatchObject({
      status: "completed",
      conclusion: "neutral",
      app: { slug: "github-actions" },
    });
    expect((await job.rest.checks.listAnnotations(id)).data).toHaveLength(2);
    expect(github.repository("acme/shop").checkRuns.get(made.data.id)?.actions).toEqual([
      { label: "Explain", description: "Say why", identifier: "explain" },
    ]);
  });

  it("list the newest of a name, and all where asked", async () => {
    const job = client("job");
    for (const conclusion of ["failure", "success"] as const)
      await job.rest.checks.create({ ...shop, name: "decide", head_sha: head(), conclusion });
    const latest = await job.rest.checks.listForRef({ ...shop, ref: "change" });
    expect(latest.data.check_runs.map((one) => one.conclusion)).toEqual(["success"]);
    const all = await job.rest.checks.listForRef({ ...shop, ref: head(), filter: "all" });
    expect(all.data.total_count).toBe(2);
  });

  it("are an App's alone, and each App's own", async () => {
    const made = await client("job").rest.checks.create({ ...shop, name: "decide", head_sha: head() });
    const write = client("ben").rest.checks.create({ ...shop, name: "decide", head_sha: head() });
    await expect(write).rejects.toMatchObject({ status: 403 });
    github.addToken("other", { app: "other", permissions: { checks: "write" } });
    const update = client("other").rest.checks.update({
      ...shop,
      check_run_id: made.data.id,
      conclusion: "success",
    });
    await expect(update).rejects.toMatchObject({ status: 403 });
  });
});

describe("comments", () => {
  it("say who wrote them and through which App", async () => {
    const { data } = await client("job").rest.issues.createComment({ ...issue, body: "<!-- marker --> 47" });
    expect(data).toMatchObject({
      user: { login: "github-actions[bot]", type: "Bot" },
      performed_via_github_app: { slug: "github-actions", id: 15368 },
    });
    const edited = await client("job").rest.issues.updateComment({
      ...shop,
      comment_id: data.id,
      body: "48",
    });
    expect(edited.data.body).toBe("48");
    const own = await client("ben").rest.issues.createComment({ ...issue, body: "/approve-risk fine" });
    expect(own.data.performed_via_github_app).toBeNull();
    const list = await client("ben").rest.issues.listComments(issue);
    expect(list.data.map((one) => one.body)).toEqual(["48", "/approve-risk fine"]);
    await client("maria").rest.issues.deleteComment({ ...shop, comment_id: own.data.id });
    await expect(
      client("ben").rest.issues.getComment({ ...shop, comment_id: own.data.id }),
    ).rejects.toMatchObject({
      status: 404,
    });
  });

  it("take 65,536 characters and not one more", async () => {
    await client("ben").rest.issues.createComment({ ...issue, body: "x".repeat(65_536) });
    await expect(
      client("ben").rest.issues.createComment({ ...issue, body: "x".repeat(65_537) }),
    ).rejects.toMatchObject({
      status: 422,
    });
  });

  it("are reacted to once by each person", async () => {
    const ben = client("ben");
    const { data } = await ben.rest.issues.createComment({ ...issue, body: "/risk" });
    const comment = { ...shop, comment_id: data.id };
    const first = await ben.rest.reactions.createForIssueComment({ ...comment, content: "eyes" });
    const again = await ben.rest.reactions.createForIssueComment({ ...comment, content: "eyes" });
    expect([first.status, again.status]).toEqual([201, 200]);
    await client("maria").rest.reactions.createForIssueComment({ ...comment, content: "rocket" });
    expect((await ben.rest.reactions.listForIssueComment(comment)).data).toHaveLength(2);
    await ben.rest.reactions.deleteForIssueComment({ ...comment, reaction_id: first.data.id });
    expect((await ben.rest.issues.getComment(comment)).data.reactions).toMatchObject({
      total_count: 1,
      rocket: 1,
    });
    await ben.rest.reactions.createForIssue({ ...issue, content: "+1" });
    expect((await ben.rest.reactions.listForIssue(issue)).data).toHaveLength(1);
  });
});

describe("reviews", () => {
  it("are bound to the head of their moment, and never the author's own approval", async () => {
    const pull = { ...shop, pull_number: 1 };
    const before = head();
    const approved = await client("maria").rest.pulls.createReview({ ...pull, event: "APPROVE" });
    expect(approved.data).toMatchObject({
      state: "APPROVED",
      commit_id: before,
      author_association: "COLLABORATOR",
    });
    commitFiles(repository.folder, "More", { "x.txt": "x\n" });
    const list = await client("ben").rest.pulls.listReviews(pull);
    expect(list.data.map((one) => one.commit_id)).toEqual([before]);
    await expect(client("ben").rest.pulls.createReview({ ...pull, event: "APPROVE" })).rejects.toMatchObject({
      status: 422,
    });
    const review = { ...pull, review_id: approved.data.id };
    await client("maria").rest.pulls.dismissReview({ ...review, message: "Old" });
    expect((await client("ben").rest.pulls.getReview(review)).data.state).toBe("DISMISSED");
  });
});

describe("people", () => {
  it("have roles under GitHub's names", async () => {
    const of = async (username: string) =>
      (await client("job").rest.repos.getCollaboratorPermissionLevel({ ...shop, username })).data;
    expect(await of("ben")).toMatchObject({ permission: "write", role_name: "write" });
    expect(await of("maria")).toMatchObject({ permission: "admin", role_name: "admin" });
    expect(await of("eve")).toMatchObject({ permission: "read", role_name: "read" });
    await expect(of("nobody")).rejects.toMatchObject({ status: 404 });
    expect((await client("maria").rest.repos.listCollaborators(shop)).data).toHaveLength(3);
    await client("maria").rest.repos.checkCollaborator({ ...shop, username: "ben" });
  });

  it("and organisations are answered by emulate", async () => {
    const { data } = await client("maria").rest.users.getByUsername({ username: "ben" });
    expect(data.login).toBe("ben");
    expect((await client("maria").rest.users.getAuthenticated()).data.login).toBe("maria");
  });
});

describe("deployments", () => {
  it("carry statuses, and a success retires the one before", async () => {
    const job = client("job");
    const make = () =>
      job.rest.repos.createDeployment({
        ...shop,
        ref: "main",
        environment: "production",
        required_contexts: [],
      });
    const ids: number[] = [];
    for (const made of [await make(), await make()]) {
      if (!("id" in made.data)) throw new Error("no deployment");
      ids.push(made.data.id);
      await job.rest.repos.createDeploymentStatus({ ...shop, deployment_id: made.data.id, state: "success" });
    }
    const [first = 0, second = 0] = ids;
    const states = async (deployment_id: number) =>
      (await job.rest.repos.listDeploymentStatuses({ ...shop, deployment_id })).data.map((one) => one.state);
    expect(await states(first)).toEqual(["inactive", "success"]);
    expect(await states(second)).toEqual(["success"]);
    const list = await job.rest.repos.listDeployments({ ...shop, environment: "production" });
    expect(list.data.map((one) => one.id)).toEqual([second, first]);
    expect((await job.rest.repos.getAllEnvironments(shop)).data.total_count).toBe(1);
    expect((await job.rest.repos.getEnvironment({ ...shop, environment_name: "production" })).data.name).toBe(
      "production",
    );
  });

  it("wait for passed checks unless told otherwise", async () => {
    const job = client("job");
    await job.rest.repos.createCommitStatus({ ...shop, sha: head(), state: "failure", context: "ci" });
    const refused = job.rest.repos.createDeployment({ ...shop, ref: "change", environment: "production" });
    await expect(refused).rejects.toMatchObject({ status: 409 });
    const combined = await job.rest.repos.getCombinedStatusForRef({ ...shop, ref: "change" });
    expect(combined.data).toMatchObject({ state: "failure", total_count: 1 });
    expect((await job.rest.repos.listCommitStatusesForRef({ ...shop, ref: "change" })).data).toHaveLength(1);
  });

  it("are gated by protection rules that are answered once", async () => {
    const run = github.addRun("acme/shop", { headSha: head() });
    const answer = (body: { state?: "approved" | "rejected"; comment: string }) =>
      client("gate").request("POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule", {
        ...shop,
        run_id: run.id,
        environment_name: "production",
        ...body,
      });
    await answer({ comment: "looking" });
    await answer({ state: "approved", comment: "47 / 100" });
    await expect(answer({ state: "rejected", comment: "late" })).rejects.toMatchObject({ status: 422 });
    expect(run.protectionAnswers.map((one) => [one.state, one.app?.slug])).toEqual([
      [null, "gatekeeper"],
      ["approved", "gatekeeper"],
    ]);
    const read = await client("maria").rest.actions.getWorkflowRun({ ...shop, run_id: run.id });
    expect(read.data.head_sha).toBe(head());
    expect((await client("maria").rest.actions.listWorkflowRunsForRepo(shop)).data.total_count).toBe(1);
    const [maria] = [github.world.users.get("maria")];
    if (maria)
      run.approvals.push({ state: "approved", comment: "ok", environments: ["production"], user: maria });
    const approvals = await client("maria").rest.actions.getReviewsForRun({ ...shop, run_id: run.id });
    expect(approvals.data).toMatchObject([
      { state: "approved", user: { login: "maria" }, environments: [{ name: "production" }] },
    ]);
  });
});

describe("merging", () => {
  it.each([
    ["merge", 2],
    ["squash", 1],
    ["rebase", 1],
  ] as const)(
    "by %s moves the base, closes the pull request and keeps its ends",
    async (merge_method, parents) => {
      git(repository.folder, "switch", "--quiet", "main");
      commitFiles(repository.folder, "Meanwhile", { "other.txt": "main moved on\n" });
      const before = head();
      const pull = { ...shop, pull_number: 1 };
      const merged = await client("maria").rest.pulls.merge({ ...pull, merge_method });
      expect(git(repository.folder, "rev-parse", "main")).toBe(merged.data.sha);
      expect(git(repository.folder, "log", "-1", "--format=%P", "main").split(" ")).toHaveLength(parents);
      expect(git(repository.folder, "show", "main:README.md")).toBe("# The shop");
      expect(git(repository.folder, "show", "main:other.txt")).toBe("main moved on");
      const read = await client("maria").rest.pulls.get(pull);
      expect(read.data).toMatchObject({
        state: "closed",
        merged: true,
        changed_files: 1,
        head: { sha: before },
      });
      await client("maria").rest.pulls.checkIfMerged(pull);
      const of = await client("maria").rest.repos.listPullRequestsAssociatedWithCommit({
        ...shop,
        commit_sha: merged.data.sha,
      });
      expect(of.data.map((one) => one.number)).toEqual([1]);
    },
  );

  it("refuses a head that is not the one that was named", async () => {
    const stale = git(repository.folder, "rev-parse", "main");
    await expect(
      client("maria").rest.pulls.merge({ ...shop, pull_number: 1, sha: stale }),
    ).rejects.toMatchObject({ status: 409 });
  });

  it("refuses a conflict, which the pull request says too", async () => {
    git(repository.folder, "switch", "--quiet", "main");
    commitFiles(repository.folder, "Other", { "README.md": "# Another\n" });
    expect((await client("maria").rest.pulls.get({ ...shop, pull_number: 1 })).data).toMatchObject({
      mergeable: false,
      mergeable_state: "dirty",
    });
    await expect(client("maria").rest.pulls.merge({ ...shop, pull_number: 1 })).rejects.toMatchObject({
      status: 405,
    });
  });
});

describe("labels and lists", () => {
  it("add up and go", async () => {
    const ben = client("ben");
    await ben.rest.issues.addLabels({ ...issue, labels: ["risk:quiet", "web"] });
    await ben.rest.issues.removeLabel({ ...issue, name: "web" });
    expect((await ben.rest.issues.listLabelsOnIssue(issue)).data).toMatchObject([{ name: "risk:quiet" }]);
    const open = await ben.rest.pulls.list({ ...shop, head: "acme:change" });
    expect(open.data.map((one) => one.labels.map((label) => label.name))).toEqual([["risk:quiet"]]);
    expect((await ben.rest.repos.listBranches(shop)).data.map((one) => one.name)).toEqual(["change", "main"]);
    expect((await ben.rest.rateLimit.get()).data.rate.limit).toBe(5000);
  });
});
