import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "@octokit/rest";
import { verify } from "@octokit/webhooks-methods";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { portOf } from "../../emulated/github/port.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
let receiver: Server;
let received: { headers: Record<string, unknown>; body: string }[];
let answerWith: number;
const secret = "not very secret";
const shop = { owner: "acme", repo: "shop" };
const keys = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

beforeEach(async () => {
  received = [];
  answerWith = 200;
  receiver = createServer((request, response) => {
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      received.push({ headers: request.headers, body });
      response.writeHead(answerWith).end("said");
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  repository = smallRepository();
  git(repository.folder, "switch", "--quiet", "-c", "change");
  commitFiles(repository.folder, "Change", { "README.md": "# The shop\n" });
  const url = `http://127.0.0.1:${portOf(receiver.address())}/`;
  github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: repository.folder, environments: ["production"] },
        collaborators: { maria: "admin", ben: "write" },
        pulls: [{ title: "Change", author: "ben", head: "change", labels: ["risk:quiet"] }],
      },
    ],
    apps: [
      {
        slug: "deployer",
        id: 7,
        publicKey: keys.publicKey,
        permissions: { checks: "write" },
        webhook: { url, secret },
      },
    ],
    tokens: {
      ben: { user: "ben" },
      job: { app: "deployer", permissions: { checks: "write", deployments: "write", contents: "read" } },
    },
  });
});

afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  await new Promise((resolve) => receiver.close(resolve));
  repository.remove();
});

const client = (auth: string): Octokit => new Octokit({ auth, baseUrl: github.url });
const events = () => github.events("acme/shop").as({ app: "deployer", login: "ben" });
const tip = (branch: string): string => git(repository.folder, "rev-parse", branch);
const state = () => github.repository("acme/shop");

function pull() {
  const found = state().pulls.get(1);
  if (!found) throw new Error("no pull request");
  return found;
}

describe("payloads", () => {
  const sent = async (name: string, payload: Record<string, unknown>) => {
    const delivery = await github.sendEvent(name, payload, { app: "deployer" });
    expect(delivery.statusCode).toBe(200);
  };

  it.each(["opened", "synchronize", "reopened"])(
    "of pull_request.%s are of GitHub's form",
    async (action) => {
      await sent("pull_request", await events().pullRequest(pull(), action, tip("main")));
      expect(JSON.parse(received[0]?.body ?? "")).toMatchObject({
        ...{ action, number: 1, installation: {}, sender: { login: "ben" } },
        pull_request: { head: { sha: tip("change") }, base: { ref: "main" }, changed_files: 1 },
      });
    },
  );

  it("of pushes and merge groups name their commits", async () => {
    const push = await events().push({ branch: "change", before: tip("main"), after: tip("change") });
    expect(push).toMatchObject({
      ref: "refs/heads/change",
      commits: [{ id: tip("change"), message: "Change" }],
    });
    await sent("push", push);
    await sent("push", await events().push({ branch: "change", before: null, after: tip("change") }));
    const group = await events().mergeGroup({ base: tip("main"), head: tip("change"), pulls: [1] });
    expect(group).toMatchObject({
      action: "checks_requested",
      merge_group: { head_sha: tip("change"), base_ref: "refs/heads/main" },
    });
    await sent("merge_group", group);
  });

  it("of comments, reviews, buttons, dispatches and gates are of GitHub's form", async () => {
    const ben = client("ben");
    await ben.rest.issues.createComment({ ...shop, issue_number: 1, body: "/risk" });
    await ben.rest.pulls.createReview({ ...shop, pull_number: 1, event: "COMMENT", body: "Hm" });
    const check = { ...shop, name: "decide", head_sha: tip("change"), conclusion: "neutral" as const };
    await client("job").rest.checks.create(check);
    await client("job").rest.repos.createDeployment({ ...shop, ref: "main", required_contexts: [] });
    const [comment] = state().comments.values();
    const [review] = state().reviews;
    const [run] = state().checkRuns.values();
    const [deployment] = state().deployments.values();
    if (!comment || !review || !run || !deployment) throw new Error("nothing to tell");
    await sent("issue_comment", events().issueComment(comment));
    await sent("issue_comment", events().issueComment(comment, "edited", "/risk?"));
    await sent("pull_request_review", await events().review(review));
    await sent("check_run", events().checkRun(run, "requested_action", "explain"));
    await sent("check_run", events().checkRun(run, "rerequested"));
    await sent("workflow_dispatch", events().workflowDispatch({ inputs: { rollback: "shop-web" } }));
    await sent("deployment", events().deployment(deployment));
    const gate = await events().protectionRule({
      run: 12,
      environment: "production",
      deployment,
      pulls: [pull()],
    });
    await sent("deployment_protection_rule", gate);
    expect(received).toHaveLength(8);
  });

  it("that GitHub would not send are violations", async () => {
    await github.sendEvent("pull_request", { action: "opened" }, { app: "deployer" });
    await github.sendEvent("pull_request", { action: "danced" }, { app: "deployer" });
    expect(github.violations().map((one) => [one.where, one.operation])).toEqual([
      ["event", "pull-request-opened"],
      ["event", "pull-request-danced"],
    ]);
    github.clearViolations();
  });
});

describe("deliveries", () => {
  const push = () => events().push({ branch: "change", before: tip("main"), after: tip("change") });

  it("are signed and have ids of their own, or one that is repeated", async () => {
    const first = await github.sendEvent("push", await push(), { app: "deployer" });
    const second = await github.sendEvent("push", await push(), { app: "deployer" });
    const again = await github.sendEvent("push", await push(), { app: "deployer", deliveryId: first.guid });
    expect(new Set([first.guid, second.guid, again.guid]).size).toBe(2);
    const [one] = received;
    expect(await verify(secret, one?.body ?? "", String(one?.headers["x-hub-signature-256"]))).toBe(true);
    expect(one?.headers).toMatchObject({ "x-github-event": "push", "x-github-delivery": first.guid });
  });

  it("that failed are found in the App's log and sent again under the same id", async () => {
    const octokit = new Octokit({
      authStrategy: createAppAuth,
      auth: { appId: 7, privateKey: keys.privateKey },
      baseUrl: github.url,
    });
    answerWith = 500;
    const failed = await github.sendEvent("push", await push(), { app: "deployer" });
    answerWith = 200;
    await github.sendEvent("push", await push(), { app: "deployer" });
    const log = await octokit.rest.apps.listWebhookDeliveries({ per_page: 1 });
    expect(log.data.map((one) => one.status_code)).toEqual([200]);
    expect(log.headers.link).toContain('rel="next"');
    const all = await octokit.rest.apps.listWebhookDeliveries();
    expect(all.data.map((one) => one.status_code)).toEqual([200, 500]);
    const whole = await octokit.rest.apps.getWebhookDelivery({ delivery_id: failed.id });
    expect(whole.data.request.payload).toMatchObject({ ref: "refs/heads/change" });
    await octokit.rest.apps.redeliverWebhookDelivery({ delivery_id: failed.id });
    expect(received.at(-1)?.headers["x-github-delivery"]).toBe(failed.guid);
    const now = await octokit.rest.apps.listWebhookDeliveries();
    expect(now.data[0]).toMatchObject({ guid: failed.guid, redelivery: true, status_code: 200 });
  });

  it("to nobody are recorded as failed", async () => {
    const to = { url: "http://127.0.0.1:9/", secret };
    expect((await github.sendEvent("push", await push(), { to })).statusCode).toBe(502);
  });
});

describe("a runner", () => {
  it("gives a pull request's Action the test merge, the event and files to write to", async () => {
    const payload = await events().pullRequest(pull());
    const runner = await events().writeFile("pull_request", payload, { token: "job" });
    expect(runner.env).toMatchObject({
      GITHUB_API_URL: github.url,
      GITHUB_GRAPHQL_URL: github.graphqlUrl,
      GITHUB_REPOSITORY: "acme/shop",
      GITHUB_EVENT_NAME: "pull_request",
      GITHUB_REF: "refs/pull/1/merge",
      GITHUB_SHA: tip("refs/pull/1/merge"),
      GITHUB_HEAD_REF: "change",
      GITHUB_BASE_REF: "main",
      GITHUB_ACTOR: "ben",
      GITHUB_TOKEN: "job",
    });
    expect(JSON.parse(readFileSync(runner.eventPath, "utf8"))).toEqual(JSON.parse(JSON.stringify(payload)));
    expect(readFileSync(runner.files.summary, "utf8")).toBe("");
  });

  it.each([
    ["push", "refs/heads/change", "change"],
    ["merge_group", /^refs\/heads\/gh-readonly-queue\/main\/pr-1-/, "change"],
    ["workflow_dispatch", "refs/heads/main", "main"],
  ] as const)("says on which commit a %s runs", async (name, ref, branch) => {
    const payloads = {
      push: await events().push({ branch: "change", before: tip("main"), after: tip("change") }),
      merge_group: await events().mergeGroup({ base: tip("main"), head: tip("change"), pulls: [1] }),
      workflow_dispatch: events().workflowDispatch(),
    };
    const { env } = await events().writeFile(name, payloads[name]);
    expect(env.GITHUB_SHA).toBe(tip(branch));
    expect(env.GITHUB_REF).toMatch(ref);
  });
});
