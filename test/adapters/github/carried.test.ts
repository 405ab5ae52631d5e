import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { carriedApprovals } from "../../../adapters/github/carried.ts";
import type { Approval } from "../../../core/decision/shape.ts";
import { type EmulatedGitHub, startGitHub } from "../../../emulated/github/index.ts";
import {
  commitFiles,
  type Files,
  git,
  type SmallRepository,
  smallRepository,
} from "../../emulated/small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
let client: Octokit;
let base: string;
let approved: Set<string>;
const place = { owner: "acme", repo: "shop" };
const lines = Array.from({ length: 30 }, (_, line) => `line ${line}`);
const text = (changed: Record<number, string> = {}) =>
  `${lines.map((line, index) => changed[index] ?? line).join("\n")}\n`;

beforeEach(async () => {
  repository = smallRepository({ "src/pay.ts": text() });
  base = git(repository.folder, "rev-parse", "HEAD");
  github = await startGitHub({
    repositories: [
      { owner: "acme", name: "shop", folder: repository.folder, collaborators: { maria: "admin" } },
    ],
    tokens: { maria: { user: "maria" } },
  });
  client = new Octokit({ auth: "maria", baseUrl: github.url });
  approved = new Set();
});
afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  repository.remove();
});

const tip = () => git(repository.folder, "rev-parse", "main");

/** A pull request of one commit beside main, and its head. */
async function pull(number: number, files: Files): Promise<string> {
  git(repository.folder, "checkout", "--quiet", "-b", `change-${number}`, "main");
  const head = commitFiles(repository.folder, `Change ${number}`, files);
  git(repository.folder, "checkout", "--quiet", "--detach", "main");
  await github.openPull("acme/shop", {
    number,
    title: `Change ${number}`,
    author: "ben",
    head: `change-${number}`,
  });
  return head;
}
const merge = (number: number, method: "squash" | "merge") =>
  client.rest.pulls.merge({ ...place, pull_number: number, merge_method: method });

function onMain(message: string, files: Files): void {
  git(repository.folder, "checkout", "--quiet", "main");
  commitFiles(repository.folder, message, files);
  git(repository.folder, "checkout", "--quiet", "--detach", "main");
}

const approvalOf = (sha: string): Approval => ({
  ...{ actor: "maria", sha, environment: "production", reason: "seen" },
  ...{ source: "comment 1 in acme/shop", at: "2026-03-01T10:00:00Z" },
});
const carried = (kind: "release" | "group" = "release") =>
  carriedApprovals(client, { kind, owner: "acme", name: "shop", base, head: tip() }, 1, async (head) =>
    approved.has(head) ? [approvalOf(head)] : [],
  );

describe("what was merged is what was approved", () => {
  test("a squash and a merge, on a base that moved", async () => {
    approved.add(await pull(1, { "src/pay.ts": text({ 2: "two" }) }));
    approved.add(await pull(2, { "src/pay.ts": text({ 25: "twenty-five" }) }));
    await merge(1, "squash");
    await merge(2, "merge");
    expect(await carried()).toEqual({
      carried: true,
      approvals: expect.arrayContaining([...approved].map(approvalOf)),
    });
  });

  test("a merge group, by the pull request that the queue's commit names", async () => {
    approved.add(await pull(3, { "src/pay.ts": text({ 2: "two" }) }));
    onMain("Change 3 (#3)", { "src/pay.ts": text({ 2: "two" }) });
    expect(await carried("group")).toMatchObject({ carried: true });
    expect(await carried()).toMatchObject({ carried: false });
  });
});

describe("anything else needs its own approval", () => {
  const refusal = (sentence: string) => ({
    carried: false,
    reason: "approval-not-carried",
    sentence: expect.stringContaining(sentence),
  });

  test("a head that nobody approved", async () => {
    const head = await pull(1, { "src/pay.ts": text({ 2: "two" }) });
    await merge(1, "squash");
    expect(await carried()).toEqual(refusal(`#1 (0 of 1 at ${head.slice(0, 12)})`));
  });

  test("a commit that was pushed past all pull requests, beside an approved one", async () => {
    approved.add(await pull(1, { "src/pay.ts": text({ 2: "two" }) }));
    await merge(1, "squash");
    onMain("Quick fix", { "src/other.ts": "other\n" });
    expect(await carried()).toEqual(refusal(`the commit ${tip().slice(0, 12)} came with no pull request`));
  });

  test("a group whose commit names an approved pull request and holds something else", async () => {
    approved.add(await pull(3, { "src/pay.ts": text({ 2: "two" }) }));
    onMain("Change 3 (#3)", { "src/pay.ts": text({ 2: "two  " }) });
    expect(await carried("group")).toEqual(refusal("not to the letter"));
  });

  test("a binary file, of which a diff says nothing", async () => {
    approved.add(await pull(1, { "logo.png": Buffer.from([0, 1, 2, 3]) }));
    await merge(1, "squash");
    expect(await carried()).toEqual(refusal("is binary, cut or too large"));
  });

  test("a diff that GitHub does not give", async () => {
    approved.add(await pull(1, { "src/pay.ts": text({ 2: "two" }) }));
    await merge(1, "squash");
    const refusing = {
      ...client,
      request: async (route: string, parameters?: Record<string, unknown>) => {
        if (parameters && "mediaType" in parameters)
          throw Object.assign(new Error("too large"), { status: 406 });
        return client.request(route, parameters);
      },
      graphql: async () => undefined,
    };
    const subject = { kind: "release" as const, owner: "acme", name: "shop", base, head: tip() };
    expect(await carriedApprovals(refusing, subject, 1, async (head) => [approvalOf(head)])).toEqual(
      refusal("too large to be compared"),
    );
  });

  test("what lies on a base that was rewound, and brings in commits that its diff never showed", async () => {
    onMain("Seen by nobody", { "src/other.ts": "other\n" });
    const began = tip();
    await pull(1, { "src/pay.ts": text({ 2: "two" }) });
    const since = (from: string) =>
      carriedApprovals(
        client,
        { kind: "release", owner: "acme", name: "shop", base: from, head: tip() },
        1,
        async (head, _, mergeBase) => (mergeBase === began ? [approvalOf(head)] : []),
      );
    git(repository.folder, "branch", "--force", "main", base);
    await merge(1, "merge");
    expect(await since(base)).toEqual(refusal("lack approvals"));
  });

  test("a range without a base, one that changes nothing, and one that went backwards", async () => {
    const now = { kind: "release" as const, owner: "acme", name: "shop", head: base };
    const nobody = async () => [];
    expect(await carriedApprovals(client, now, 1, nobody)).toEqual(refusal("since which commit"));
    expect(await carriedApprovals(client, { ...now, base }, 1, nobody)).toEqual(
      refusal("does not lie ahead"),
    );
    onMain("On", { "src/other.ts": "other\n" });
    expect(await carriedApprovals(client, { ...now, base: tip() }, 1, nobody)).toEqual(
      refusal("does not lie ahead"),
    );
  });

  test("what GitHub does not answer", async () => {
    approved.add(await pull(1, { "src/pay.ts": text({ 2: "two" }) }));
    await merge(1, "squash");
    github.failNext({
      operation: "repos/list-pull-requests-associated-with-commit",
      kind: "status",
      status: 502,
    });
    expect(await carried()).toEqual({ ...refusal("GitHub answered 502"), isIncomplete: true });
  });

  test.each([
    [503, "Server Error: Sorry, this diff is temporarily unavailable due to heavy server load.", true],
    [500, "Server Error: Sorry, this diff is taking too long to generate.", undefined],
    [403, "Resource not accessible by integration", undefined],
  ])(
    "a diff to which GitHub answers %i, and may answer later or never",
    async (status, message, isIncomplete) => {
      approved.add(await pull(1, { "src/pay.ts": text({ 2: "two" }) }));
      await merge(1, "squash");
      const refusing = {
        ...client,
        request: async (route: string, parameters?: Record<string, unknown>) => {
          if (parameters && "mediaType" in parameters)
            throw Object.assign(new Error(message), { status, response: { headers: {} } });
          return client.request(route, parameters);
        },
        graphql: async () => undefined,
      };
      const subject = { kind: "release" as const, owner: "acme", name: "shop", base, head: tip() };
      const found = await carriedApprovals(refusing, subject, 1, async (head) => [approvalOf(head)]);
      expect(found).toMatchObject({ carried: false });
      expect("isIncomplete" in found ? found.isIncomplete : undefined).toBe(isIncomplete);
    },
  );
});
