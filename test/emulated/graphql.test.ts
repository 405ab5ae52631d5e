import { getOctokit } from "@actions/github";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;

const commit = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid signature { isValid } } ref { name } }
}`;
const base64 = (text: string): string => Buffer.from(text).toString("base64");
const input = (expectedHeadOid: string, fileChanges: object) => ({
  input: {
    branch: { repositoryNameWithOwner: "acme/shop", branchName: "main" },
    expectedHeadOid,
    message: { headline: "Append", body: "Two events" },
    fileChanges,
  },
});

beforeEach(async () => {
  repository = smallRepository({
    "README.md": "# Shop\n",
    "a/b.txt": "b\n",
    "logo.png": Buffer.from([0, 1]),
  });
  github = await startGitHub({
    repositories: [
      { owner: "acme", name: "shop", folder: repository.folder, collaborators: { maria: "admin" } },
    ],
    tokens: {
      "maria-token": { user: "maria" },
      "job-token": { app: "github-actions", permissions: { contents: "read" } },
    },
  });
});

afterEach(async () => {
  await github.close();
  repository.remove();
});

const client = (token = "maria-token"): Octokit => new Octokit({ auth: token, baseUrl: github.url });
const head = (): string => git(repository.folder, "rev-parse", "main");

describe("reading", () => {
  it("gives many files, trees and heads in one request, aliases included", async () => {
    const answer = await client().graphql(`{
      repository(owner: "acme", name: "shop") {
        defaultBranchRef { name target { oid } }
        readme: object(expression: "main:README.md") { ...text }
        logo: object(expression: "main:logo.png") { ...text }
        none: object(expression: "main:none.yml") { ...text }
        root: object(expression: "main:") { ... on Tree { entries { name type mode object { ... on Tree { entries { path } } } } } }
        refs(refPrefix: "refs/heads/", first: 10) { totalCount nodes { name prefix } }
        ref(qualifiedName: "refs/heads/nope") { name }
      }
    }
    fragment text on GitObject { ... on Blob { oid text isBinary isTruncated byteSize } }`);
    expect(answer).toEqual({
      repository: {
        defaultBranchRef: { name: "main", target: { oid: head() } },
        readme: {
          ...{ oid: git(repository.folder, "rev-parse", "main:README.md") },
          ...{ text: "# Shop\n", isBinary: false, isTruncated: false, byteSize: 7 },
        },
        logo: {
          ...{ oid: git(repository.folder, "rev-parse", "main:logo.png") },
          ...{ text: null, isBinary: true, isTruncated: false, byteSize: 2 },
        },
        none: null,
        root: {
          entries: [
            { name: "README.md", type: "blob", mode: 0o100644, object: {} },
            { name: "a", type: "tree", mode: 0o40000, object: { entries: [{ path: "a/b.txt" }] } },
            { name: "logo.png", type: "blob", mode: 0o100644, object: {} },
          ],
        },
        refs: { totalCount: 1, nodes: [{ name: "main", prefix: "refs/heads/" }] },
        ref: null,
      },
    });
    expect(github.violations()).toEqual([]);
  });

  it("counts the commits that touched a path", async () => {
    commitFiles(repository.folder, "Touch", { "a/b.txt": "c\n" });
    const answer =
      await client().graphql(`{ repository(owner: "acme", name: "shop") { object(expression: "main") {
      ... on Commit {
        touched: history(path: "a/b.txt", first: 1) { totalCount nodes { messageHeadline } pageInfo { hasNextPage } }
        later: history(path: "a/b.txt", since: "2030-01-01T00:00:00Z") { totalCount }
      } } } }`);
    expect(answer).toEqual({
      repository: {
        object: {
          touched: { totalCount: 2, nodes: [{ messageHeadline: "Touch" }], pageInfo: { hasNextPage: true } },
          later: { totalCount: 0 },
        },
      },
    });
  });

  it("takes HEAD for the default branch, whatever is checked out", async () => {
    git(repository.folder, "switch", "--quiet", "-c", "elsewhere");
    commitFiles(repository.folder, "Elsewhere", { "README.md": "# Elsewhere\n" });
    const answer = await client().graphql(
      `{ repository(owner: "acme", name: "shop") { object(expression: "HEAD:README.md") { ... on Blob { text } } } }`,
    );
    expect(answer).toEqual({ repository: { object: { text: "# Shop\n" } } });
  });

  it("lists refs under a prefix by what follows it", async () => {
    git(repository.folder, "branch", "adaptive-deploy/changes");
    git(repository.folder, "branch", "adaptive-deploy/history");
    const answer = await client().graphql(`{ repository(owner: "acme", name: "shop") {
      refs(refPrefix: "refs/heads/adaptive-deploy/", first: 1) {
        totalCount nodes { name prefix } pageInfo { hasNextPage endCursor }
      } } }`);
    expect(answer).toMatchObject({
      repository: {
        refs: {
          ...{ totalCount: 2, nodes: [{ name: "changes", prefix: "refs/heads/adaptive-deploy/" }] },
          pageInfo: { hasNextPage: true },
        },
      },
    });
  });

  it("tells all of a pull request that REST tells", async () => {
    git(repository.folder, "switch", "--quiet", "-c", "change");
    const sha = commitFiles(repository.folder, "Change", { "a/b.txt": "c\nd\n" });
    await github.openPull("acme/shop", { title: "Change", author: "ben", head: "change", labels: ["web"] });
    const rest = { owner: "acme", repo: "shop" };
    await client().rest.issues.createComment({ ...rest, issue_number: 1, body: "hello" });
    await client().rest.pulls.createReview({ ...rest, pull_number: 1, event: "APPROVE" });
    await client().rest.repos.createCommitStatus({ ...rest, sha, state: "pending", context: "ci" });
    const answer =
      await client().graphql(`{ viewer { login } rateLimit { remaining } repository(owner: "acme", name: "shop") {
      pullRequests(states: [OPEN], first: 5, orderBy: { field: CREATED_AT, direction: DESC }) { totalCount }
      pullRequest(number: 1) {
        title state headRefOid baseRefOid headRefName isCrossRepository additions deletions changedFiles
        author { login __typename } labels(first: 5) { nodes { name } }
        comments(last: 10) { totalCount nodes { databaseId body author { login } viewerDidAuthor includesCreatedEdit } }
        reviews(first: 10, states: [APPROVED]) { nodes { state author { login } commit { oid } } }
        files(first: 10) { nodes { path changeType additions } }
        commits(last: 1) { nodes { commit { oid statusCheckRollup { state contexts(first: 5) {
          nodes { __typename ... on StatusContext { context state } ... on CheckRun { name } } } } } } }
      } } }`);
    expect(answer).toMatchObject({
      viewer: { login: "maria" },
      repository: {
        pullRequests: { totalCount: 1 },
        pullRequest: {
          ...{
            state: "OPEN",
            headRefOid: sha,
            baseRefOid: head(),
            additions: 2,
            deletions: 1,
            changedFiles: 1,
          },
          author: { login: "ben", __typename: "User" },
          comments: {
            totalCount: 1,
            nodes: [{ body: "hello", author: { login: "maria" }, viewerDidAuthor: true }],
          },
          reviews: { nodes: [{ state: "APPROVED", author: { login: "maria" }, commit: { oid: sha } }] },
          files: { nodes: [{ path: "a/b.txt", changeType: "MODIFIED", additions: 2 }] },
          commits: {
            nodes: [
              {
                commit: {
                  statusCheckRollup: {
                    state: "PENDING",
                    contexts: { nodes: [{ __typename: "StatusContext", context: "ci" }] },
                  },
                },
              },
            ],
          },
        },
      },
    });
    expect(github.violations()).toEqual([]);
  });

  it("refuses a query that GitHub's schema does not know, and says so to the test", async () => {
    const wrong = client().graphql(`{ repository(owner: "acme", name: "shop") { objekt { oid } } }`);
    await expect(wrong).rejects.toThrow(/Cannot query field "objekt"/);
    expect(github.violations()).toHaveLength(1);
  });

  it("says so where a valid field is not emulated instead of answering null", async () => {
    await expect(
      client().graphql(`{ repository(owner: "acme", name: "shop") { forkCount } }`),
    ).rejects.toThrow(/Repository.forkCount is not emulated/);
    expect(github.violations()).toHaveLength(1);
  });

  it("names a repository that is not there as GitHub does", async () => {
    await expect(client().graphql(`{ repository(owner: "acme", name: "no") { id } }`)).rejects.toMatchObject({
      errors: [{ type: "NOT_FOUND", message: "Could not resolve to a Repository with the name 'acme/no'." }],
    });
  });
});

describe("createCommitOnBranch", () => {
  it("writes additions and deletions as one commit on the expected head", async () => {
    const before = head();
    const additions = [
      { path: "events/1.json", contents: base64("{}\n") },
      { path: "README.md", contents: base64("# New\n") },
    ];
    const octokit = getOctokit("maria-token", { baseUrl: github.url });
    const answer = await octokit.graphql(
      commit,
      input(before, { additions, deletions: [{ path: "a/b.txt" }] }),
    );
    const now = head();
    expect(answer).toEqual({
      createCommitOnBranch: { commit: { oid: now, signature: { isValid: true } }, ref: { name: "main" } },
    });
    expect(git(repository.folder, "rev-parse", "main^")).toBe(before);
    expect(git(repository.folder, "ls-tree", "-r", "--name-only", "main").split("\n")).toEqual([
      "README.md",
      "events/1.json",
      "logo.png",
    ]);
    expect(git(repository.folder, "show", "main:README.md")).toBe("# New");
    expect(git(repository.folder, "log", "-1", "--format=%B", "main")).toBe("Append\n\nTwo events");
    expect(github.violations()).toEqual([]);
  });

  it("writes nothing on a stale head and answers as GitHub does", async () => {
    const stale = head();
    const moved = commitFiles(repository.folder, "Moved", { "x.txt": "x\n" });
    const refused = client().graphql(
      commit,
      input(stale, { additions: [{ path: "y.txt", contents: base64("y") }] }),
    );
    await expect(refused).rejects.toMatchObject({
      data: { createCommitOnBranch: null },
      errors: [
        {
          type: "STALE_DATA",
          path: ["createCommitOnBranch"],
          message: `Expected branch to point to "${stale}" but it did not.  Pull and try again.`,
        },
      ],
    });
    expect(head()).toBe(moved);
  });

  it("lets exactly one of many writers win", async () => {
    const before = head();
    const writers = Array.from({ length: 8 }, (_, writer) =>
      client().graphql(
        commit,
        input(before, { additions: [{ path: `w${writer}.txt`, contents: base64("w") }] }),
      ),
    );
    const outcomes = await Promise.allSettled(writers);
    expect(outcomes.filter((one) => one.status === "fulfilled")).toHaveLength(1);
    expect(git(repository.folder, "rev-list", "--count", `${before}..main`)).toBe("1");
  });

  it.each([
    [{ deletions: [{ path: "none.txt" }] }, /does not exist/],
    [{ additions: [{ path: "../escape.txt", contents: "" }] }, /not valid/],
    [{ additions: [{ path: "a.txt", contents: "not base64!" }] }, /base64/],
  ])("refuses %j", async (changes, reason) => {
    const before = head();
    await expect(client().graphql(commit, input(before, changes))).rejects.toThrow(reason);
    expect(head()).toBe(before);
  });

  it("creates, moves and deletes refs", async () => {
    const run = (mutation: string, input: Record<string, unknown>) =>
      client().graphql<Record<string, { ref: { id: string } }>>(mutation, { input });
    const first = head();
    const second = commitFiles(repository.folder, "Second", { "x.txt": "x\n" });
    const repositoryId = (
      await client().graphql<{ repository: { id: string } }>(
        `{ repository(owner: "acme", name: "shop") { id } }`,
      )
    ).repository.id;
    const create = "mutation ($input: CreateRefInput!) { createRef(input: $input) { ref { id name } } }";
    const made = await run(create, { repositoryId, name: "refs/heads/work", oid: first });
    await expect(run(create, { repositoryId, name: "refs/heads/work", oid: first })).rejects.toThrow(
      /already exists/,
    );
    const refId = made.createRef?.ref.id;
    const update =
      "mutation ($input: UpdateRefInput!) { updateRef(input: $input) { ref { name target { oid } } } }";
    await run(update, { refId, oid: second });
    expect(git(repository.folder, "rev-parse", "work")).toBe(second);
    await expect(run(update, { refId, oid: first })).rejects.toThrow(/fast forward/);
    await run("mutation ($input: DeleteRefInput!) { deleteRef(input: $input) { clientMutationId } }", {
      refId,
    });
    expect(git(repository.folder, "branch", "--list", "work")).toBe("");
    expect(github.violations()).toEqual([]);
  });

  it("moves and deletes refs together only from where they are expected", async () => {
    const { repository: found } = await client().graphql<{ repository: { id: string } }>(
      `{ repository(owner: "acme", name: "shop") { id } }`,
    );
    const name = "refs/heads/old";
    git(repository.folder, "branch", "old");
    const update = (beforeOid: string) =>
      client().graphql(
        "mutation ($input: UpdateRefsInput!) { updateRefs(input: $input) { clientMutationId } }",
        {
          input: {
            repositoryId: found.id,
            refUpdates: [{ name, beforeOid, afterOid: "0".repeat(40), force: true }],
          },
        },
      );
    await expect(update("1".repeat(40))).rejects.toThrow(/not where it was expected/);
    expect(git(repository.folder, "branch", "--list", "old")).not.toBe("");
    await update(head());
    expect(git(repository.folder, "branch", "--list", "old")).toBe("");
    expect(github.violations()).toEqual([]);
  });

  it("needs contents: write", async () => {
    await expect(client("job-token").graphql(commit, input(head(), { additions: [] }))).rejects.toMatchObject(
      {
        errors: [{ type: "FORBIDDEN", message: "Resource not accessible by integration" }],
      },
    );
  });
});
