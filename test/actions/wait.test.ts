import { randomUUID } from "node:crypto";
import { getOctokit } from "@actions/github";
import { afterEach, describe, expect, it } from "vitest";
import type { WaitPorts } from "../../actions/decide/wait.ts";
import { githubBranchLedger } from "../../adapters/ledgers/github-branch.ts";
import { retry } from "../../adapters/ledgers/record-decision.ts";
import { decisionDocument } from "../../core/decision/shape.ts";
import { exitCodes } from "../../core/errors.ts";
import { record } from "../../core/evidence/append.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import type { Files } from "../emulated/small-repository.ts";
import { checks, comments, decideOn, decisionOf, inMode, rule, type Shop, startShop } from "./shop.ts";

/** `wait-for-approval` on the emulated GitHub, with a clock that the sleep moves: no test waits. */

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const start = new Date("2026-03-02T12:00:00Z").getTime();

/** What happens during the sleeps, one step in each; and everything that was said. */
function clock(steps: (() => unknown)[] = []) {
  let now = start;
  const stopping = new AbortController();
  const heard = { said: [] as string[], progress: [] as string[], slept: [] as number[], closed: 0 };
  const ports: WaitPorts = {
    now: () => now,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      now += milliseconds;
      heard.slept.push(milliseconds);
      await steps.shift()?.();
    },
    stop: stopping.signal,
    say: (sentence) => heard.said.push(sentence),
    progress: (sentence) => heard.progress.push(sentence),
    close: () => {
      heard.closed += 1;
    },
  };
  return { ...heard, heard, ports, stop: () => stopping.abort(), now: () => now };
}

type Opened = { number: number; head: string; payload: Record<string, unknown> };

async function opened(files: Files = {}): Promise<Opened> {
  shop = await startShop({
    ...rule("require_approval"),
    ...inMode("enforced"),
    ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: git-branch }\n",
    ...files,
  });
  // The commits of a small repository are maria's by their address: here ben wrote them.
  const { users } = shop.github.world;
  const [maria, ben] = [users.get("maria"), users.get("ben")];
  if (!maria || !ben) throw new Error("The shop has no maria and ben.");
  users.set("ben", { ...ben, email: maria.email });
  users.set("maria", { ...maria, email: "maria@elsewhere.example" });
  const head = shop.branch("change", { "src/pay.ts": "export const pay = 2;\n" });
  const number = await shop.open("change");
  return { number, head, payload: await shop.pullRequest(number) };
}

async function say(login: string, number: number, body: string): Promise<number> {
  if (login !== "maria") shop.github.addToken(login, { user: login });
  const { rest } = getOctokit(login, { baseUrl: shop.github.url });
  const { data } = await rest.issues.createComment({
    owner: "acme",
    repo: "shop",
    issue_number: number,
    body,
  });
  return data.id;
}

async function write(kind: NewEvent["kind"], actor: string, body: NewEvent["body"], stream = "changes") {
  const client = getOctokit("ledger", { baseUrl: shop.github.url });
  const ledger = githubBranchLedger({ client, repository: "acme/shop" });
  const at = new Date(start).toISOString();
  await record(ledger, stream, [{ kind, at, actor, nonce: randomUUID(), body }], retry);
}

const pointer = ({ number, head }: Opened, actor: string, id: number) => ({
  kind: "comment",
  repository: "acme/shop",
  id,
  pull_request: number,
  head_sha: head,
  environment: "production",
  actor,
});

/** A comment, and the event that points to it. */
async function approve(about: Opened, login = "maria", stream = "changes"): Promise<void> {
  const id = await say(login, about.number, `/approve-risk ${about.head} rehearsed`);
  await write("approval", login, { pointer: pointer(about, login, id) }, stream);
}

const wait = (time = "30m") => ({ "wait-for-approval": time });
const run = (about: Opened, waiting: WaitPorts, inputs: Record<string, string> = wait()) =>
  decideOn(shop, "pull_request", about.payload, { token: "ledger", inputs, waiting });

describe("an approval during the wait", () => {
  it("lets the change go, and the decision is the same", async () => {
    const about = await opened();
    const before = decisionOf(await decideOn(shop, "pull_request", about.payload, { token: "ledger" }));
    const time = clock([() => undefined, () => approve(about)]);
    const ended = await run(about, time.ports, { ...wait(), comment: "true" });
    const { decision, exitCode, outputs } = decisionOf(ended);
    expect(exitCode).toBe(exitCodes.go);
    expect(outputs).toMatchObject({ allowed: "true", "reason-code": "approved", "needs-approval": "false" });
    expect(decision.approvals).toMatchObject([{ actor: "maria", reason: "rehearsed", sha: about.head }]);
    expect(decision.decision_id).toBe(before.decision.decision_id);
    expect(decisionDocument.parse(JSON.parse(ended.documents.get("risk-decision.json") ?? ""))).toEqual(
      decision,
    );
    expect(time.heard.said).toEqual([
      expect.stringContaining(
        `Comment on #${about.number} of acme/shop: /approve-risk ${about.head} <reason> — who may: `,
      ),
    ]);
    expect(time.heard.progress[0]).toMatch(/^30 min left\. No approval yet\./);
    expect(time.heard.closed).toBe(1);
    // The comment and the check that asked for the approval say now that it came.
    const ours = comments(shop).filter((one) => one.body.includes("adaptive-deploy:decide"));
    expect(ours).toHaveLength(1);
    expect(ours[0]?.body).toContain("maria");
    expect(checks(shop).map((one) => one.conclusion)).toEqual(["success"]);
  });

  it("serves every job of the run, and none of them waits again", async () => {
    const about = await opened();
    const [first, second] = [clock([() => approve(about)]), clock()];
    const jobs = await Promise.all([run(about, first.ports), run(about, second.ports)]);
    const later = await run(about, clock().ports);
    const ids = [...jobs, later].map((one) => decisionOf(one).decision.decision_id);
    expect(new Set(ids).size).toBe(1);
    for (const one of [...jobs, later]) expect(decisionOf(one).exitCode).toBe(exitCodes.go);
  });

  it("costs two questions a look, until the ledger grows", async () => {
    const about = await opened();
    const marks: number[] = [];
    const mark = () => marks.push(shop.github.requests.length);
    const time = clock([mark, mark, mark, mark, () => [mark(), approve(about)][1]]);
    decisionOf(await run(about, time.ports));
    const perLook = marks.slice(1).map((count, index) => count - (marks[index] ?? 0));
    expect(perLook).toEqual([2, 2, 2, 2]);
    expect(time.heard.slept).toEqual([5000, 7500, 11_250, 16_875, 25_312.5]);
  });

  it("counts for a release whose commit it names, from the release's own stream", async () => {
    const about = await opened();
    const deployment = {
      repository: about.payload.repository,
      sender: about.payload.sender,
      deployment: { sha: about.head, environment: "production", ref: "change" },
    };
    const stream = serviceStream("production", "shop");
    const time = clock([() => approve(about, "maria", stream)]);
    const step = { token: "ledger", inputs: wait(), waiting: time.ports };
    const { decision, exitCode } = decisionOf(await decideOn(shop, "deployment", deployment, step));
    expect(decision.subject.kind).toBe("release");
    expect(exitCode, time.heard.progress.join("\n")).toBe(exitCodes.go);
    expect(time.heard.said[0]).toContain("Comment on the pull request whose head it is");
  });
});

describe("what does not count", () => {
  const forged = async (about: Opened, body: string, login = "ben") =>
    write("approval", "maria", { pointer: pointer(about, "maria", await say(login, about.number, body)) });
  it.each<[string, (about: Opened) => Promise<unknown>, RegExp]>([
    [
      "an event that points to nothing",
      (about) => write("approval", "maria", { pointer: pointer(about, "maria", 999) }),
      /no such object/,
    ],
    [
      "an event that points to somebody else's comment",
      (about) => forged(about, `/approve-risk ${about.head} x`),
      /not maria's but ben's/,
    ],
    [
      "an event of a comment that approves nothing",
      (about) => forged(about, "Nice work", "maria"),
      /has no line/,
    ],
    ["the author's own approval", (about) => approve(about, "ben"), /ben had a hand in the change/],
  ])("%s", async (_, act, said) => {
    const about = await opened();
    const time = clock([() => act(about)]);
    const short = wait("2m");
    const { decision, exitCode, outputs } = decisionOf(await run(about, time.ports, short));
    expect(exitCode).toBe(exitCodes.needsApproval);
    expect(outputs).toMatchObject({ allowed: "false", "reason-code": "approval-wait-ended" });
    expect(decision.approvals).toEqual([]);
    expect(time.heard.progress.join("\n")).toMatch(said);
    expect(time.now() - start).toBe(2 * 60_000);
  });
});

describe("the wait ends", () => {
  it("at its deadline, as if it had not waited", async () => {
    const about = await opened();
    const time = clock();
    const ended = await run(about, time.ports, wait("40m"));
    expect(decisionOf(ended)).toMatchObject({
      exitCode: exitCodes.needsApproval,
      decision: { wait_ended: "approval-wait-ended", approvals: [] },
    });
    expect(ended.warnings.join("\n")).toContain("No approval came within 40 min.");
    expect(time.now() - start).toBe(40 * 60_000);
    expect(Math.max(...time.heard.slept)).toBeLessThanOrEqual(75_000);
    // Nothing new is said every few minutes only.
    expect(time.heard.progress.length).toBeLessThan(11);
    expect(time.heard.progress.at(-1)).toMatch(/^\d+ (min|s) left\. /);
  });

  const close = async ({ number }: Opened) => {
    const { rest } = getOctokit("maria", { baseUrl: shop.github.url });
    await rest.pulls.update({ owner: "acme", repo: "shop", pull_number: number, state: "closed" });
  };
  it.each<[string, (about: Opened) => unknown]>([
    ["head-moved", () => shop.branch("change", { "src/pay.ts": "export const pay = 3;\n" })],
    ["pull-request-closed", close],
  ])("with %s", async (reason, act) => {
    const about = await opened();
    const time = clock([() => act(about)]);
    const ended = await run(about, time.ports, { ...wait(), comment: "true" });
    expect(decisionOf(ended)).toMatchObject({
      exitCode: exitCodes.needsApproval,
      decision: { wait_ended: reason, subject: { head: about.head } },
      outputs: { "reason-code": reason, allowed: "false" },
    });
    expect(time.heard.slept).toHaveLength(1);
  });

  it("where the process is told to stop, also in the middle of a look", async () => {
    const about = await opened();
    const time = clock();
    const sleep = async () => time.stop();
    const stopped = await run(about, { ...time.ports, sleep });
    expect(decisionOf(stopped)).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { "reason-code": "approval-wait-stopped" },
    });
    expect(stopped.documents.has("risk-decision.json")).toBe(true);
    const busy = clock([
      () => {
        shop.github.failNext({ operation: "pulls/get", kind: "slow", delayMs: 1500 });
        setTimeout(busy.stop, 100);
      },
    ]);
    expect(decisionOf(await run(about, busy.ports)).outputs["reason-code"]).toBe("approval-wait-stopped");
    expect(shop.github.requests.some((one) => !Number.isFinite(one.ended))).toBe(true);
  });
});

describe("the wait goes on", () => {
  it("while somebody holds the change, however many approve, and says so", async () => {
    const about = await opened();
    const held = { repository: "acme/shop", pull_request: about.number, reason: "incident\n::stop" };
    const time = clock([() => write("hold", "maria", held), () => approve(about)]);
    const ended = await run(about, time.ports, wait("1m"));
    const { decision, exitCode, outputs } = decisionOf(ended);
    expect(exitCode).toBe(exitCodes.needsApproval);
    expect(outputs).toMatchObject({ allowed: "false", "reason-code": "held" });
    expect(decision.approvals).toHaveLength(1);
    expect(time.heard.progress.join("\n")).toContain("maria holds the change: incident");
    expect(ended.warnings.join("\n")).toContain("maria still holds the change");
  });

  it.each([
    ["pulls/get", {}],
    ["pulls/get", { kind: "primary-rate-limit", retryAfterSeconds: 600 }],
    ["issues/get-comment", {}],
    [undefined, { path: "/graphql" }],
  ] as const)(
    "while GitHub fails at %s %j, says it, and finds the approval afterwards",
    async (operation, more) => {
      const about = await opened();
      const fail = () =>
        shop.github.failNext({ ...(operation ? { operation } : {}), status: 502, times: 3, ...more });
      const time = clock([() => approve(about).then(fail)]);
      const { exitCode, decision } = decisionOf(await run(about, time.ports));
      expect(exitCode).toBe(exitCodes.go);
      expect(decision.approvals).toHaveLength(1);
      expect(time.heard.progress.join("\n")).toMatch(/502|rate limit|could not be asked/);
      expect(time.heard.slept.length).toBeGreaterThan(1);
    },
  );
});

describe("no wait begins", () => {
  it.each([
    ["where nobody has to approve", { ...rule('notify "all"') }, {}],
    ["where something else blocks", { ...rule("block") }, {}],
    ["in shadow", inMode("shadow"), {}],
  ])("%s", async (_, files) => {
    const about = await opened(files);
    decisionOf(await decideOn(shop, "pull_request", about.payload, { token: "ledger", inputs: wait() }));
  });

  it("without a ledger, where nothing could end it", async () => {
    const about = await opened({ ".github/adaptive-deploy.yml": "schema-version: 1\n" });
    const { error } = await run(about, clock().ports);
    expect(error).toMatchObject({ reasonCode: "ledger-not-configured", exitCode: exitCodes.badInput });
  });

  it.each(["30", "5 minutes", "2w", "6h", "0s", "-1m"])("for %j, and says what is allowed", async (time) => {
    const about = await opened();
    const { error } = await run(about, clock().ports, wait(time));
    expect(error).toMatchObject({ reasonCode: "bad-input", exitCode: exitCodes.usage });
    expect(error?.message).toContain("a duration is a number and s, m, h or d");
    expect(error?.message).toContain("at most 5h50m");
  });
});
