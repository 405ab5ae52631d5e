import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type EmulatedGitHub, longestChain, roundTrips, startGitHub } from "../../emulated/github/index.ts";
import { type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
let octokit: Octokit;
const shop = { owner: "acme", repo: "shop" };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

beforeEach(async () => {
  repository = smallRepository();
  github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: repository.folder, collaborators: { maria: "admin" } },
        pulls: [{ title: "Nothing", author: "maria", head: "main" }],
      },
    ],
    tokens: { maria: { user: "maria" } },
    latencyMs: 60,
  });
  octokit = new Octokit({ auth: "maria", baseUrl: github.url, log: quiet });
});

afterEach(async () => {
  await github.close();
  repository.remove();
});

describe("faults", () => {
  it.each([
    [{ status: 503 }, 503, {}],
    [{ kind: "primary-rate-limit" as const }, 403, { "x-ratelimit-remaining": "0" }],
    [{ kind: "primary-rate-limit" as const, status: 429 }, 429, { "x-ratelimit-remaining": "0" }],
    [{ kind: "secondary-rate-limit" as const, retryAfterSeconds: 9 }, 403, { "retry-after": "9" }],
    [{ kind: "garbage" as const }, 502, { "content-type": "text/html" }],
  ])("%j answers %i, once", async (fault, status, headers) => {
    github.failNext({ operation: "repos/get", ...fault });
    await expect(octokit.rest.repos.get(shop)).rejects.toMatchObject({ status, response: { headers } });
    expect((await octokit.rest.repos.get(shop)).status).toBe(200);
  });

  it("spoil what they match and nothing else, as often as they say", async () => {
    github.failNext({ method: "get", path: /\/pulls\//, times: 2, status: 500 });
    const get = () =>
      octokit.rest.pulls.get({ ...shop, pull_number: 1 }).then(
        (one) => one.status,
        (error) => error.status,
      );
    expect((await octokit.rest.repos.get(shop)).status).toBe(200);
    expect([await get(), await get(), await get()]).toEqual([500, 500, 200]);
  });

  it("do nothing late for who has gone in the meantime", async () => {
    const { comments } = github.repository("acme/shop");
    github.failNext({ operation: "issues/create-comment", kind: "slow", delayMs: 300 });
    const url = `${github.url}/repos/acme/shop/issues/1/comments`;
    const headers = { authorization: "Bearer maria" };
    const body = JSON.stringify({ body: "x" });
    const asked = fetch(url, { method: "POST", headers, body, signal: AbortSignal.timeout(100) });
    await expect(asked).rejects.toThrow("timeout");
    await vi.waitFor(() => expect(github.requests[0]?.ended).toBeLessThan(Number.POSITIVE_INFINITY), 10_000);
    expect(comments.size).toBe(0);
    expect((await fetch(url, { method: "POST", headers, body })).status).toBe(201);
    expect(comments.size).toBe(1);
  });

  it("tell a request that never arrived from an answer that was lost", async () => {
    const comment = () => octokit.rest.issues.createComment({ ...shop, issue_number: 1, body: "x" });
    const { comments } = github.repository("acme/shop");
    github.failNext({ operation: "issues/create-comment", kind: "dropped" });
    await expect(comment()).rejects.toThrow();
    expect(comments.size).toBe(0);
    github.failNext({ operation: "issues/create-comment", kind: "lost" });
    await expect(comment()).rejects.toThrow();
    expect(comments.size).toBe(1);
  });
});

describe("the schemas", () => {
  it("catch a request that GitHub would not understand", async () => {
    await octokit.request("GET /repos/{owner}/{repo}/pulls/{pull_number}/files", {
      ...shop,
      pull_number: 1,
      perpage: 3,
    });
    await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      ...shop,
      issue_number: 1,
      body: "x",
      colour: "red",
    });
    await octokit.request("GET /repos/{owner}/{repo}/frobnicate", shop).catch(() => undefined);
    expect(github.violations().map((one) => one.what)).toEqual([
      "query parameter perpage is unknown to GitHub",
      "body: key colour is unknown to GitHub",
      "GET /repos/acme/shop/frobnicate is not emulated",
    ]);
  });
});

describe("round trips", () => {
  it("count requests that waited for one another, not those that went together", async () => {
    await Promise.all([1, 2, 3, 4].map(() => octokit.rest.repos.get(shop)));
    expect(roundTrips(github.requests)).toBe(1);
    await Promise.all([1, 2].map(() => octokit.rest.pulls.list(shop)));
    expect(roundTrips(github.requests)).toBe(2);
    expect(longestChain(github.requests).map((one) => one.operation)).toEqual(["repos/get", "pulls/list"]);
    expect(github.requests[0]).toMatchObject({
      method: "GET",
      path: "/repos/acme/shop",
      actor: "maria",
      status: 200,
    });
  });

  it.each([
    [[], 0],
    [[[0, 5]], 1],
    [
      [
        [0, 9],
        [1, 2],
        [3, 4],
      ],
      2,
    ],
    [
      [
        [0, 2],
        [2, 4],
        [4, 6],
      ],
      3,
    ],
    [
      [
        [0, Number.POSITIVE_INFINITY],
        [1, 2],
      ],
      1,
    ],
  ] as [number[][], number][])("of %j are %i", (spans, trips) => {
    expect(roundTrips(spans.map(([started = 0, ended = 0]) => ({ started, ended })))).toBe(trips);
  });
});
