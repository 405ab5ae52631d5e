import { generateKeyPairSync } from "node:crypto";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Database } from "../../../adapters/database/database.ts";
import { installations } from "../../../adapters/github/installations.ts";
import { type SweepLimits, sweepDeliveries } from "../../../app/sweep.ts";
import { type EmulatedGitHub, startGitHub } from "../../../emulated/github/index.ts";
import { freshDatabase } from "../../database.ts";
import { git, type SmallRepository, smallRepository } from "../../emulated/small-repository.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const minute = 60_000;
let repository: SmallRepository;
let github: EmulatedGitHub;
let database: Database;
let receiver: Server;
/** What the App says to a delivery; its inbox is the real table. */
let status: number;
let received: string[];
let time: number;

beforeEach(async () => {
  repository = smallRepository();
  git(repository.folder, "branch", "change");
  database = await freshDatabase();
  received = [];
  status = 202;
  time = Date.now();
  receiver = createServer((request, response) => {
    const guid = String(request.headers["x-github-delivery"]);
    received.push(guid);
    const stored =
      status === 202
        ? database.query(
            "insert into inbox (delivery_id, event, lane, payload) values ($1, 'ping', 'a', '{}') on conflict do nothing",
            [guid],
          )
        : Promise.resolve();
    void stored.then(() => response.writeHead(status).end());
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
  const address = receiver.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  github = await startGitHub({
    repositories: [
      {
        owner: "acme",
        name: "shop",
        folder: repository.folder,
        pulls: [{ number: 7, title: "Rename", author: "ben", head: "change" }],
      },
    ],
    apps: [
      {
        slug: "adaptive-deploy",
        publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
        webhook: { url: `http://127.0.0.1:${port}`, secret: "secret" },
      },
    ],
    clock: () => new Date(time),
  });
});
afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  await database.close();
  receiver.close();
  receiver.closeAllConnections();
  repository.remove();
});

/** One after another, as GitHub would send them. */
async function deliver(times: number): Promise<string[]> {
  const pull = github.repository("acme/shop").pulls.get(7);
  if (!pull) throw new Error("The repository lacks its pull request.");
  const payload = await github
    .events("acme/shop")
    .as({ app: "adaptive-deploy", login: "ben" })
    .pullRequest(pull, "opened");
  const guids: string[] = [];
  for (let count = 0; count < times; count += 1)
    guids.push((await github.sendEvent("pull_request", payload, { app: "adaptive-deploy" })).guid);
  return guids;
}

const clientOfApp = () =>
  installations({
    appId: String(github.world.apps.get("adaptive-deploy")?.id),
    privateKey: keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    baseUrl: github.url,
    warn: () => undefined,
    limits: { retryMs: 1 },
  }).app();
const sweep = (limits: Partial<SweepLimits> = {}, since?: Date) =>
  sweepDeliveries({
    app: clientOfApp(),
    database,
    now: new Date(time),
    limits,
    ...(since ? { since } : {}),
  });
const attempts = (): number =>
  github.requests.filter(({ operation }) => operation === "apps/redeliver-webhook-delivery").length;

test("what failed while the App was down is asked for once, and what came in is not", async () => {
  const [arrived = ""] = await deliver(1);
  status = 503;
  const failed = await deliver(3);
  status = 202;
  received.length = 0;
  expect(await sweep()).toMatchObject({ asked: failed, givenUp: [] });
  expect(received).toEqual(failed);
  expect(received).not.toContain(arrived);
  expect(await sweep()).toMatchObject({ asked: [], complete: true });
  expect(attempts()).toBe(3);
  expect(await database.query("select count(*)::int as rows from inbox")).toEqual([{ rows: 4 }]);
});

test("what was stored but answered too late is not asked for", async () => {
  status = 503;
  const [guid = ""] = await deliver(1);
  await database.query("insert into inbox (delivery_id, event, lane, payload) values ($1, 'ping', 'a', '')", [
    guid,
  ]);
  expect(await sweep()).toMatchObject({ asked: [], complete: true });
  expect(attempts()).toBe(0);
});

test("follows the cursor over all pages, and stops at its bound", async () => {
  status = 503;
  const failed = await deliver(5);
  status = 202;
  expect(await sweep({ perPage: 2, mostPages: 2 })).toMatchObject({ complete: false });
  expect(await sweep({ perPage: 2 })).toMatchObject({ asked: failed.slice(0, 1) });
  expect([...received.slice(5)].sort()).toEqual([...failed].sort());
  expect(attempts()).toBe(5);
});

test("asks for at most so many in a sweep, and for the others in the next", async () => {
  status = 503;
  const failed = await deliver(5);
  status = 202;
  expect(await sweep({ mostAsked: 2 })).toEqual({ asked: failed.slice(0, 2), givenUp: [], complete: false });
  expect(await sweep({ mostAsked: 9 })).toMatchObject({ asked: failed.slice(2) });
});

test("one that fails again and again is tried three times, then left and named", async () => {
  status = 500;
  const [guid = ""] = await deliver(1);
  for (let count = 0; count < 3; count += 1)
    expect(await sweep({ betweenTriesMs: 0 })).toMatchObject({ asked: [guid], givenUp: [] });
  expect(await sweep({ betweenTriesMs: 0 })).toEqual({ asked: [], givenUp: [guid], complete: true });
  expect(attempts()).toBe(3);
});

test("gives GitHub time before it asks for the same one again", async () => {
  status = 500;
  await deliver(1);
  await sweep();
  expect(await sweep()).toMatchObject({ asked: [], complete: false });
  time += 6 * minute;
  expect(await sweep()).toMatchObject({ asked: [expect.any(String)] });
});

test("looks no further back than three days, than it is told, and than it has seen", async () => {
  status = 503;
  await deliver(1);
  const sent = time;
  time = sent + 73 * 60 * minute;
  const atOnce = { app: clientOfApp(), database };
  const lookAt = (now: number, since?: number) => {
    time = Date.now();
    return sweepDeliveries({ ...atOnce, now: new Date(now), ...(since ? { since: new Date(since) } : {}) });
  };
  expect(await lookAt(sent + 73 * 60 * minute)).toMatchObject({ asked: [], complete: true });
  await database.query("delete from sweeps");
  expect(await lookAt(sent + minute, sent + minute)).toMatchObject({ asked: [] });
  expect(await lookAt(sent + 2 * 60 * minute)).toMatchObject({ asked: [expect.any(String)] });
  await database.query("delete from redeliveries");
  await database.query("update sweeps set looked_back_to = $1", [new Date(sent + 5 * 60 * minute)]);
  expect(await lookAt(sent + 6 * 60 * minute)).toMatchObject({ asked: [] });
});

test("of two replicas one sweeps", async () => {
  const release = await database.tryLock("sweep", () => undefined);
  expect(await sweep()).toBeUndefined();
  await release?.();
  expect(await sweep()).toMatchObject({ complete: true });
});

test("a fault of GitHub ends the sweep, and the next one goes on where it stopped", async () => {
  status = 503;
  const failed = await deliver(2);
  status = 202;
  github.failNext({ operation: "apps/redeliver-webhook-delivery", status: 502 });
  await expect(sweep()).rejects.toMatchObject({ status: 502 });
  const next = await sweep({ betweenTriesMs: 0 });
  expect(next?.asked).toEqual(failed);
});
