import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Octokit } from "@octokit/rest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { buildSampleRepository, type SampleRepository } from "../../emulated/sample/index.ts";
import { git } from "./small-repository.ts";

let parent: string;
let sample: SampleRepository;
let github: EmulatedGitHub;
const shop = { owner: "acme", repo: "shop" };

beforeAll(async () => {
  parent = mkdtempSync(join(tmpdir(), "sample-"));
  sample = await buildSampleRepository(join(parent, "shop"));
  github = await startGitHub({
    users: sample.users,
    repositories: [sample.repository],
    tokens: { job: { app: "github-actions", permissions: { contents: "read", pull_requests: "read" } } },
  });
});

afterAll(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  rmSync(parent, { recursive: true, force: true });
});

const lines = (...args: string[]): string[] =>
  git(sample.folder, ...args)
    .split("\n")
    .filter(Boolean);

describe("the sample repository", () => {
  it("is the same on every machine", async () => {
    const other = await buildSampleRepository(join(parent, "again"));
    const heads = ["for-each-ref", "refs/heads", "refs/tags"];
    expect(git(other.folder, ...heads)).toBe(git(sample.folder, ...heads));
    expect(git(other.folder, "rev-parse", "main")).toBe("040a403f17ac5ec7df14841262125355514f9566");
    expect(git(sample.folder, "fsck", "--strict")).toBe("");
    expect(git(sample.folder, "status", "--porcelain")).toBe("");
  });

  it("has a past that says what is typical", () => {
    const authors = lines("log", "--first-parent", "--format=%an", "main");
    expect(authors.filter((name) => !name.endsWith("[bot]")).length).toBeGreaterThanOrEqual(30);
    expect(authors.filter((name) => name.endsWith("[bot]")).length).toBeGreaterThanOrEqual(5);
    expect(lines("tag")).toEqual(["v1.3.0", "v1.4.0"]);
  });

  it("holds a revert that takes its commit back line for line", () => {
    const of = (title: string): string =>
      git(sample.folder, "log", "--format=%H", "--fixed-strings", `--grep=${title} (`, "main");
    const first = of("rates in memory").split("\n").filter(Boolean);
    const [revert = "", change = ""] = [of('Revert "Cache exchange rates in memory"'), first.at(-1)];
    expect(git(sample.folder, "diff", `${change}^`, revert)).toBe(
      git(sample.folder, "diff", `${change}`, `${revert}^`),
    );
  });

  it("remembers the pull requests that its past came from", async () => {
    const octokit = new Octokit({ auth: "job", baseUrl: github.url });
    const revert = await octokit.rest.pulls.get({ ...shop, pull_number: 30 });
    expect(revert.data).toMatchObject({
      merged: true,
      title: 'Revert "Cache exchange rates in memory"',
      changed_files: 2,
    });
    const of = await octokit.rest.repos.listPullRequestsAssociatedWithCommit({
      ...shop,
      commit_sha: revert.data.merge_commit_sha ?? "",
    });
    expect(of.data.map((one) => one.number)).toEqual([30]);
    const merged = await octokit.rest.pulls.get({ ...shop, pull_number: 10 });
    expect(merged.data).toMatchObject({ commits: 1, changed_files: 2, user: { login: "maria" } });
    const closed = await octokit.rest.pulls.list({ ...shop, state: "closed", per_page: 100 });
    expect(closed.data).toHaveLength(58);
  });

  it("has three pull requests that grow in what they touch", async () => {
    const octokit = new Octokit({ auth: "job", baseUrl: github.url });
    const read = await Promise.all(
      [sample.pulls.low, sample.pulls.middle, sample.pulls.high].map(({ number }) =>
        octokit.rest.pulls.get({ ...shop, pull_number: number }),
      ),
    );
    expect(read.map(({ data }) => [data.mergeable, data.user.login, data.changed_files])).toEqual([
      [true, "aiko", 2],
      [true, "maria", 7],
      [true, "ben", 13],
    ]);
    const files = await octokit.rest.pulls.listFiles({ ...shop, pull_number: sample.pulls.middle.number });
    expect(files.data.find((file) => file.filename === "package-lock.json")?.patch).toContain(
      '+      "version": "15.12.0"',
    );
  });
});
