import { getOctokit } from "@actions/github";
import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
let octokit: Octokit;
const shop = { owner: "acme", repo: "shop" };

beforeEach(async () => {
  repository = smallRepository({
    "README.md": "# Shop\n",
    "src/pay.ts": Array.from({ length: 30 }, (_, line) => `export const pay${line} = ${line};\n`).join(""),
    "gone.txt": "bye\n",
    "logo.png": Buffer.from([0, 1, 2, 3]),
  });
  git(repository.folder, "switch", "--quiet", "-c", "change");
  git(repository.folder, "mv", "src/pay.ts", "src/payment.ts");
  commitFiles(repository.folder, "Change", {
    "README.md": "# The shop\n",
    "src/new file.ts": "export const a = 1;\n",
    "gone.txt": null,
    "logo.png": Buffer.from([0, 9, 9, 9]),
  });
  git(repository.folder, "switch", "--quiet", "main");
  commitFiles(repository.folder, "Meanwhile", { "other.txt": "main moved on\n" });
  github = await startGitHub({
    repositories: [
      {
        ...{ owner: "acme", name: "shop" },
        folder: repository.folder,
        collaborators: { maria: "admin" },
        pulls: [{ title: "Rename", author: "ben", head: "change", number: 7 }],
      },
    ],
    tokens: { "maria-token": { user: "maria" } },
    limits: { patchLines: 1000 },
  });
  octokit = new Octokit({ auth: "maria-token", baseUrl: github.url });
});

afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  repository.remove();
});

describe("pull requests", () => {
  it("are counted from the merge base, not from the moved base branch", async () => {
    const { data } = await octokit.rest.pulls.get({ ...shop, pull_number: 7 });
    expect(data).toMatchObject({
      number: 7,
      commits: 1,
      changed_files: 5,
      mergeable: true,
      user: { login: "ben" },
    });
    expect(data.head.sha).toBe(git(repository.folder, "rev-parse", "change"));
    expect(data.base.sha).toBe(git(repository.folder, "rev-parse", "main"));
    expect(git(repository.folder, "rev-parse", "refs/pull/7/merge")).toBe(data.merge_commit_sha);
  });

  it("give their files with statuses, counts and patches as git has them", async () => {
    const { data } = await octokit.rest.pulls.listFiles({ ...shop, pull_number: 7 });
    const brief = data.map((file) => [
      file.filename,
      file.status,
      file.additions,
      file.deletions,
      file.previous_filename,
    ]);
    expect(brief).toEqual([
      ["README.md", "modified", 1, 1, undefined],
      ["gone.txt", "removed", 0, 1, undefined],
      ["logo.png", "modified", 0, 0, undefined],
      ["src/new file.ts", "added", 1, 0, undefined],
      ["src/payment.ts", "renamed", 0, 0, "src/pay.ts"],
    ]);
    expect(data.map((file) => file.patch)).toEqual([
      "@@ -1 +1 @@\n-# Shop\n+# The shop",
      "@@ -1 +0,0 @@\n-bye",
      undefined,
      "@@ -0,0 +1 @@\n+export const a = 1;",
      undefined,
    ]);
  });

  it("page their files, for @actions/github too", async () => {
    const actions = getOctokit("maria-token", { baseUrl: `${github.url}/api/v3` });
    const first = await actions.rest.pulls.listFiles({ ...shop, pull_number: 7, per_page: 2 });
    expect(first.data).toHaveLength(2);
    expect(first.headers.link).toContain('rel="next"');
    const all = await actions.paginate(actions.rest.pulls.listFiles, {
      ...shop,
      pull_number: 7,
      per_page: 2,
    });
    expect(all).toHaveLength(5);
  });

  it("answer the same to many who ask at once, right after a push", async () => {
    git(repository.folder, "switch", "--quiet", "change");
    commitFiles(repository.folder, "More", { "more.txt": "more\n" });
    const asked = await Promise.all(
      Array.from({ length: 6 }, () => octokit.rest.pulls.get({ ...shop, pull_number: 7 })),
    );
    const answers = asked.map(({ data }) => [data.mergeable, data.merge_commit_sha, data.head.sha]);
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(answers[0]?.[0]).toBe(true);
  });

  it("from a fork bring their commits along, and outlive it", async () => {
    const fork = smallRepository();
    git(fork.folder, "fetch", "--quiet", repository.folder, "main");
    git(fork.folder, "reset", "--quiet", "--hard", "FETCH_HEAD");
    git(fork.folder, "switch", "--quiet", "-c", "patch");
    const sha = commitFiles(fork.folder, "From outside", { "fork.txt": "hello\n" });
    const base = { owner: "acme", name: "shop", folder: repository.folder };
    const other = await startGitHub({
      repositories: [base, { owner: "stranger", name: "shop", folder: fork.folder, forkOf: "acme/shop" }],
      tokens: { any: { user: "stranger" } },
    });
    const about = { title: "Hello", author: "stranger", head: "patch", headRepository: "stranger/shop" };
    const { number } = await other.openPull("acme/shop", about);
    const stranger = new Octokit({ auth: "any", baseUrl: other.url });
    const { data } = await stranger.rest.pulls.get({ ...shop, pull_number: number });
    expect(data).toMatchObject({
      ...{ changed_files: 1, mergeable: true },
      head: { sha, label: "stranger:patch", repo: { full_name: "stranger/shop", fork: true } },
    });
    const compared = await stranger.rest.repos.compareCommitsWithBasehead({
      ...shop,
      basehead: "main...stranger:patch",
    });
    expect(compared.data.files?.map((file) => file.filename)).toEqual(["fork.txt"]);
    git(fork.folder, "switch", "--quiet", "main");
    git(fork.folder, "branch", "-D", "patch");
    expect((await stranger.rest.pulls.get({ ...shop, pull_number: number })).data.head.sha).toBe(sha);
    expect(other.violations()).toEqual([]);
    await other.close();
    fork.remove();
  });

  it("keep GitHub's caps: so many files, no patch for the longest, 300 in a comparison", async () => {
    const capped = await startGitHub({
      repositories: [
        {
          ...{ owner: "acme", name: "shop", folder: repository.folder },
          pulls: [{ title: "Rename", author: "ben", head: "change" }],
        },
      ],
      tokens: { any: { user: "ben" } },
      limits: { pullFiles: 4, compareFiles: 2, patchLines: 1 },
    });
    const ben = new Octokit({ auth: "any", baseUrl: capped.url });
    const all = await ben.paginate(ben.rest.pulls.listFiles, { ...shop, pull_number: 1, per_page: 3 });
    expect(all.map((file) => [file.filename, file.patch !== undefined])).toEqual([
      ["README.md", false],
      ["gone.txt", true],
      ["logo.png", false],
      ["src/new file.ts", true],
    ]);
    expect((await ben.rest.pulls.get({ ...shop, pull_number: 1 })).data.changed_files).toBe(5);
    const compared = await ben.rest.repos.compareCommitsWithBasehead({ ...shop, basehead: "main...change" });
    expect(compared.data.files).toHaveLength(2);
    expect(capped.violations()).toEqual([]);
    await capped.close();
  });

  it("give their diff as text", async () => {
    const { data } = await octokit.rest.pulls.get({ ...shop, pull_number: 7, mediaType: { format: "diff" } });
    expect(String(data)).toContain("rename from src/pay.ts\nrename to src/payment.ts");
    const again = { ...shop, title: "Again", head: "change", body: "b" };
    await expect(octokit.rest.pulls.create({ ...again, base: "main" })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining("A pull request already exists for acme:change."),
    });
    git(repository.folder, "branch", "release", "main");
    const made = await octokit.rest.pulls.create({ ...again, base: "release" });
    expect(made.data).toMatchObject({ number: 8, state: "open", user: { login: "maria" } });
    const shut = await octokit.rest.pulls.update({ ...shop, pull_number: 8, state: "closed", title: "No" });
    expect(shut.data).toMatchObject({ state: "closed", merged: false, title: "No" });
    expect((await octokit.rest.pulls.listCommits({ ...shop, pull_number: 7 })).data).toHaveLength(1);
  });

  it("follow a push at once", async () => {
    git(repository.folder, "switch", "--quiet", "change");
    const pushed = commitFiles(repository.folder, "More", { "more.txt": "more\n" });
    const { data } = await octokit.rest.pulls.get({ ...shop, pull_number: 7 });
    expect(data).toMatchObject({ changed_files: 6, head: { sha: pushed } });
  });
});

describe("compare", () => {
  it("starts at the merge base and says who is ahead", async () => {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...shop,
      basehead: "main...change",
    });
    expect(data).toMatchObject({ status: "diverged", ahead_by: 1, behind_by: 1, total_commits: 1 });
    expect(data.merge_base_commit.sha).toBe(git(repository.folder, "merge-base", "main", "change"));
    expect(data.files?.map((file) => file.filename)).toContain("src/payment.ts");
  });

  it("refuses what has no common ancestor", async () => {
    git(repository.folder, "switch", "--quiet", "--orphan", "other");
    commitFiles(repository.folder, "Alone", { "a.txt": "a\n" });
    await expect(
      octokit.rest.repos.compareCommitsWithBasehead({ ...shop, basehead: "main...other" }),
    ).rejects.toMatchObject({ status: 404 });
  });
});
