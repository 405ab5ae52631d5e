import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { ask } from "../../adapters/github/client.ts";
import { urgencyOf } from "../../adapters/github/installation-requests.ts";
import {
  type ClientLimits,
  type InstallationsOptions,
  installations,
  isTransient,
  retryAfterMs,
} from "../../adapters/github/installations.ts";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { git, type SmallRepository, smallRepository } from "../emulated/small-repository.ts";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
const slug = "adaptive-deploy";
let folders: SmallRepository[];
let github: EmulatedGitHub;
let sha: string;

beforeAll(async () => {
  folders = [smallRepository(), smallRepository()];
  const [first, second] = folders.map(({ folder }) => folder);
  sha = git(first ?? "", "rev-parse", "HEAD");
  for (const folder of [first ?? "", second ?? ""]) git(folder, "branch", "change");
  const pulls = [{ number: 7, title: "Rename", author: "ben", head: "change" }];
  github = await startGitHub({
    repositories: [
      { owner: "busy", name: "shop", folder: first ?? "", pulls },
      { owner: "calm", name: "shop", folder: second ?? "", pulls },
    ],
    apps: [
      {
        slug,
        permissions: { checks: "write", pull_requests: "write", deployments: "write", actions: "read" },
        publicKey: keys.publicKey.export({ type: "spki", format: "pem" }).toString(),
      },
    ],
  });
});
afterEach(() => {
  expect(github.violations()).toEqual([]);
  github.clearFaults();
  github.requests.length = 0;
});
afterAll(async () => {
  await github.close();
  for (const one of folders) one.remove();
});

const installationOf = (owner: string): number =>
  github.world.apps.get(slug)?.installations.find(({ account }) => account.login === owner)?.id ?? 0;

const open = (limits: Partial<ClientLimits> = {}, more: Partial<InstallationsOptions> = {}) =>
  installations({
    appId: String(github.world.apps.get(slug)?.id),
    privateKey,
    baseUrl: github.url,
    warn: () => undefined,
    limits: { retryMs: 1, ...limits },
    ...more,
  });

const comment = (owner: string, body: string): [string, Record<string, unknown>] => [
  "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  { owner, repo: "shop", issue_number: 7, body },
];
const check = (owner: string, name: string): [string, Record<string, unknown>] => [
  "POST /repos/{owner}/{repo}/check-runs",
  { owner, repo: "shop", name, head_sha: sha },
];
const gate = (owner: string, run: number): [string, Record<string, unknown>] => [
  "POST /repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule",
  { owner, repo: "shop", run_id: run, environment_name: "production", comment: "Waiting." },
];
const read = (owner: string): [string, Record<string, unknown>] => [
  "GET /repos/{owner}/{repo}/pulls/{pull_number}",
  { owner, repo: "shop", pull_number: 7 },
];
const operations = (): string[] =>
  github.requests.filter(({ path }) => !path.includes("access_tokens")).map(({ operation }) => operation);

describe("an installation's turn", () => {
  test("500 pull requests of one installation do not hold up another's write", async () => {
    const app = open({
      longestWaitMs: 60_000,
      writesPerMinute: 1000,
      commentsPerMinute: 1000,
      commentsPerHour: 1000,
    });
    const [busy, calm] = await Promise.all([
      app.client(installationOf("busy")),
      app.client(installationOf("calm")),
    ]);
    await Promise.all([busy.request(...read("busy")), calm.request(...read("calm"))]);
    github.requests.length = 0;
    const writes = Array.from({ length: 500 }, (_, number) =>
      busy.request(...comment("busy", `Pull request ${number}`)).catch(() => undefined),
    );
    await calm.request(...comment("calm", "At once"));
    const before = github.requests.filter(({ path }) => path.includes("/busy/")).length;
    expect(before).toBeLessThan(100);
    expect(github.repository("calm/shop").comments.size).toBe(1);
    await Promise.all(writes.slice(0, 20));
    expect(github.requests.filter(({ path }) => path.includes("/busy/")).length).toBeGreaterThan(10);
    await Promise.all(writes);
  });

  test("gates overtake checks, and checks overtake comments", async () => {
    const app = open({ writesAtOnce: 1 });
    const client = await app.client(installationOf("busy"));
    await client.request(...read("busy"));
    github.requests.length = 0;
    github.failNext({ operation: "issues/create-comment", kind: "slow", delayMs: 80 });
    const first = client.request(...comment("busy", "first"));
    const rest = [
      client.request(...comment("busy", "second")),
      client.request(...check("busy", "risk")),
      client.request(...gate("busy", 1)).catch(() => undefined),
    ];
    await Promise.all([first, ...rest]);
    expect(github.requests.map(({ operation }) => operation)).toEqual([
      "issues/create-comment",
      "actions/review-custom-gates-for-run",
      "checks/create",
      "issues/create-comment",
    ]);
  });

  test("who would wait long for GitHub's limit on comments is sent away until then; checks go on", async () => {
    const app = open({ commentsPerMinute: 2, longestWaitMs: 50 });
    const client = await app.client(installationOf("busy"));
    const said = await Promise.allSettled(
      ["a", "b", "c", "d", "e"].map((body) => client.request(...comment("busy", body))),
    );
    const away = said.flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
    expect(away).toHaveLength(3);
    expect(away.every(isTransient)).toBe(true);
    // The third and fourth come back in a minute, the fifth a minute after them.
    const minutes = away.map((one) => Math.round((retryAfterMs(one) ?? 0) / 60_000));
    expect(minutes).toEqual([1, 1, 2]);
    await client.request(...check("busy", "not held up"));
  });

  test("a comment goes out as soon as its window allows", async () => {
    const app = open({ commentsPerMinute: 1, minuteMs: 40 });
    const client = await app.client(installationOf("busy"));
    await Promise.all(["a", "b", "c"].map((body) => client.request(...comment("busy", body))));
    expect(operations()).toHaveLength(3);
  });

  test.each([
    ["POST", "/repos/{owner}/{repo}/actions/runs/{run_id}/deployment_protection_rule", "gate"],
    ["PATCH", "/repos/a/b/check-runs/7", "check"],
    ["POST", "/repos/a/b/issues/7/comments", "comment"],
    ["PATCH", "/repos/a/b/issues/comments/7", "write"],
    ["POST", "/app/installations/7/access_tokens", undefined],
    ["GET", "/repos/a/b", undefined],
  ])("%s %s is %s", (method, url, urgency) => expect(urgencyOf({ method, url })).toBe(urgency));

  test("a GraphQL mutation is a write, a query is not", () => {
    const asked = { method: "POST", url: "/graphql" };
    expect(urgencyOf({ ...asked, query: "\n mutation($a: ID!) { b }" })).toBe("write");
    expect(urgencyOf({ ...asked, query: "query { viewer { login } }" })).toBeUndefined();
  });
});

describe("limits that GitHub sets", () => {
  test.each(["secondary-rate-limit", "primary-rate-limit"] as const)(
    "a %s holds one installation, and no other",
    async (kind) => {
      const app = open();
      const [busy, calm] = await Promise.all([
        app.client(installationOf("busy")),
        app.client(installationOf("calm")),
      ]);
      github.failNext({ operation: "checks/create", kind, status: 429, retryAfterSeconds: 30 });
      const refused: unknown = await busy.request(...check("busy", "limited")).catch((error) => error);
      expect(isTransient(refused)).toBe(true);
      expect(retryAfterMs(refused)).toBeGreaterThan(20_000);
      const asked = github.requests.length;
      const next: unknown = await busy.request(...read("busy")).catch((error) => error);
      expect(isTransient(next)).toBe(true);
      expect(github.requests).toHaveLength(asked);
      await calm.request(...check("calm", "goes on"));
    },
  );

  test("a short one is waited for, and the write done once", async () => {
    const app = open();
    const client = await app.client(installationOf("busy"));
    github.failNext({ operation: "checks/create", kind: "secondary-rate-limit", retryAfterSeconds: 1 });
    await client.request(...check("busy", "after a second"));
    const made = [...github.repository("busy/shop").checkRuns.values()];
    expect(made.filter(({ name }) => name === "after a second")).toHaveLength(1);
  });
});

describe("faults", () => {
  test("a read is asked again after 502 and a cut connection", async () => {
    const client = await open().client(installationOf("busy"));
    github.failNext({ operation: "pulls/get", status: 502 });
    github.failNext({ operation: "pulls/get", kind: "dropped" });
    const { data } = await client.request(...read("busy"));
    expect(data).toMatchObject({ number: 7 });
  });

  test.each([{ kind: "lost" as const }, { status: 502 }])(
    "a write is not sent again after %o, because it may have been done",
    async (fault) => {
      const client = await open().client(installationOf("busy"));
      github.failNext({ operation: "checks/create", ...fault });
      const error: unknown = await client.request(...check("busy", "perhaps")).catch((one) => one);
      expect(isTransient(error)).toBe(true);
      expect(operations()).toEqual(["checks/create"]);
    },
  );

  test("what GitHub refuses is final, whatever sentence was made of it", async () => {
    const client = await open().client(installationOf("busy"));
    const missing: unknown = await ask("#99", () =>
      client.request("GET /repos/{owner}/{repo}/pulls/{pull_number}", {
        owner: "busy",
        repo: "shop",
        pull_number: 99,
      }),
    ).catch((error) => error);
    expect(isTransient(missing)).toBe(false);
    github.failNext({ operation: "pulls/get", status: 503, times: 3 });
    const away: unknown = await ask("#7", () => client.request(...read("busy"))).catch((error) => error);
    expect(isTransient(away)).toBe(true);
  });

  test.each([
    [{ code: "ECONNREFUSED" }, true],
    [{ code: "57P01" }, true],
    [{ code: "23505" }, false],
    [new TypeError("x is not a function"), false],
    [{ errors: [{ type: "RATE_LIMITED" }] }, true],
    ["words", false],
  ])("%o passes by itself: %s", (error, passes) => expect(isTransient(error)).toBe(passes));

  test("a server that never answers is given up", async () => {
    const client = await open({ timeoutMs: 60 }).client(installationOf("busy"));
    github.failNext({ operation: "checks/create", kind: "slow", delayMs: 2000 });
    const error: unknown = await client.request(...check("busy", "slow")).catch((one) => one);
    expect(isTransient(error)).toBe(true);
  });
});

describe("tokens", () => {
  test("one that ends in mid-job is renewed once, and the request sent again", async () => {
    const client = await open().client(installationOf("busy"));
    await client.request(...read("busy"));
    for (const token of [...github.world.tokens.keys()].filter((name) => name.startsWith("ghs_")))
      github.world.tokens.delete(token);
    const both = await Promise.all([client.request(...read("busy")), client.request(...check("busy", "on"))]);
    expect(both).toHaveLength(2);
    expect(github.requests.filter(({ path }) => path.includes("access_tokens"))).toHaveLength(2);
  });

  test("one that is refused again is not renewed for ever", async () => {
    const client = await open().client(installationOf("busy"));
    github.failNext({ operation: "checks/create", status: 401, times: 5 });
    await expect(client.request(...check("busy", "never"))).rejects.toMatchObject({ status: 401 });
    expect(operations()).toHaveLength(2);
  });

  test("one is renewed before its end", async () => {
    let time = Date.now();
    const client = await open({}, { now: () => time }).client(installationOf("busy"));
    await client.request(...read("busy"));
    time += 54 * 60_000;
    await client.request(...read("busy"));
    time += 2 * 60_000;
    await client.request(...read("busy"));
    expect(github.requests.filter(({ path }) => path.includes("access_tokens"))).toHaveLength(2);
  });

  test("the App knows itself, and asks once", async () => {
    const app = open();
    const [first] = await Promise.all([app.identity(), app.identity()]);
    expect(first).toEqual({ id: String(github.world.apps.get(slug)?.id), slug });
    expect(operations()).toEqual(["apps/get-authenticated"]);
  });
});

test("an idle installation's client is dropped, a used one stays", async () => {
  let time = 0;
  const app = open({ idleMs: 1000 }, { now: () => time });
  const first = await app.client(1);
  for (let installation = 2; installation <= 50; installation += 1) await app.client(installation);
  time = 900;
  expect(await app.client(1)).toBe(first);
  time = 1500;
  expect(await app.client(1)).toBe(first);
  expect(app.held()).toBe(1);
});

describe("no call beyond the configured host", () => {
  test("an absolute address of another host is refused before anything is sent", async () => {
    const seen: string[] = [];
    const other = createServer((request, response) => {
      seen.push(String(request.headers.authorization));
      response.end("{}");
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const address = other.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const app = open();
    const client = await app.client(installationOf("busy"));
    const error: unknown = await client.request(`POST http://127.0.0.1:${port}/callback`).catch((one) => one);
    expect(error).toMatchObject({ reasonCode: "foreign-host" });
    expect(isTransient(error)).toBe(false);
    await expect(app.app().request(`GET http://127.0.0.1:${port}/`)).rejects.toThrow();
    expect(seen).toEqual([]);
    other.close();
  });

  test("a redirect is followed on the same host, and not to another", async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url ?? "");
      if (request.url?.includes("access_tokens"))
        response
          .writeHead(201, { "content-type": "application/json" })
          .end('{"token":"t","expires_at":"2999-01-01T00:00:00Z"}');
      else if (request.url === "/api/v3/repos/a/old")
        response.writeHead(301, { location: "/api/v3/repos/a/new" }).end();
      else if (request.url === "/api/v3/repos/a/away")
        response.writeHead(302, { location: "http://elsewhere.example/steal" }).end();
      else response.writeHead(200, { "content-type": "application/json" }).end('{"name":"new"}');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = address !== null && typeof address === "object" ? address.port : 0;
    const app = open({}, { baseUrl: `http://127.0.0.1:${port}/api/v3/` });
    const client = await app.client(1);
    expect(await client.request("GET /repos/a/old")).toMatchObject({ data: { name: "new" } });
    await expect(client.request("GET /repos/a/away")).rejects.toMatchObject({ reasonCode: "foreign-host" });
    await client.graphql("query { viewer { login } }").catch(() => undefined);
    // An Enterprise Server keeps its GraphQL beside /api/v3.
    expect(asked.at(-1)).toBe("/api/graphql");
    server.close();
  });
});
