import { Octokit } from "@octokit/rest";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { commitFiles, git, type SmallRepository, smallRepository } from "./small-repository.ts";

let repository: SmallRepository;
let github: EmulatedGitHub;
let octokit: Octokit;
const shop = { owner: "acme", repo: "shop" };

beforeEach(async () => {
  repository = smallRepository({ "README.md": "# Shop\n", "docs/a b.md": "é\n" });
  github = await startGitHub({
    repositories: [
      { owner: "acme", name: "shop", folder: repository.folder, collaborators: { maria: "write" } },
    ],
    tokens: { "maria-token": { user: "maria" } },
  });
  octokit = new Octokit({
    auth: "maria-token",
    baseUrl: github.url,
    log: { debug() {}, info() {}, warn() {}, error() {} },
  });
});

afterEach(async () => {
  expect(github.violations()).toEqual([]);
  await github.close();
  repository.remove();
});

describe("contents", () => {
  it("gives a file, its raw form and a directory", async () => {
    const file = await octokit.rest.repos.getContent({ ...shop, path: "docs/a b.md" });
    expect(file.data).toMatchObject({ type: "file", path: "docs/a b.md", encoding: "base64", size: 3 });
    const raw = await octokit.rest.repos.getContent({
      ...shop,
      path: "README.md",
      mediaType: { format: "raw" },
    });
    expect(raw.data).toBe("# Shop\n");
    const { data } = await octokit.rest.repos.getContent({ ...shop, path: "", ref: "main" });
    expect(Array.isArray(data) ? data.map((entry) => [entry.name, entry.type]) : data).toEqual([
      ["README.md", "file"],
      ["docs", "dir"],
    ]);
  });

  it("answers 404 for a path or a ref that is not there", async () => {
    await expect(octokit.rest.repos.getContent({ ...shop, path: "no.md" })).rejects.toMatchObject({
      status: 404,
    });
    await expect(
      octokit.rest.repos.getContent({ ...shop, path: "README.md", ref: "no" }),
    ).rejects.toMatchObject({
      status: 404,
    });
  });
});

describe("an orphan branch over the REST API", () => {
  it("is blob, tree, commit without parents, and a ref that only one creates", async () => {
    const blob = await octokit.rest.git.createBlob({ ...shop, content: "e30=", encoding: "base64" });
    const tree = await octokit.rest.git.createTree({
      ...shop,
      tree: [
        { path: "events/1.json", mode: "100644", type: "blob", sha: blob.data.sha },
        { path: "README.md", mode: "100644", type: "blob", content: "# Ledger\n" },
      ],
    });
    const commit = await octokit.rest.git.createCommit({
      ...shop,
      message: "Start",
      tree: tree.data.sha,
      parents: [],
    });
    const ref = { ...shop, ref: "refs/heads/adaptive-deploy/changes", sha: commit.data.sha };
    const outcomes = await Promise.allSettled([
      octokit.rest.git.createRef(ref),
      octokit.rest.git.createRef(ref),
    ]);
    expect(outcomes.map((one) => one.status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(outcomes.find((one) => one.status === "rejected")).toMatchObject({
      reason: { status: 422, response: { data: { message: "Reference already exists" } } },
    });
    expect(git(repository.folder, "log", "--format=%s|%P", "adaptive-deploy/changes")).toBe("Start|");
    expect(git(repository.folder, "show", "adaptive-deploy/changes:events/1.json")).toBe("{}");
    const read = await octokit.rest.git.getRef({ ...shop, ref: "heads/adaptive-deploy/changes" });
    expect(read.data.object.sha).toBe(commit.data.sha);
    const matching = await octokit.rest.git.listMatchingRefs({ ...shop, ref: "heads/adaptive-deploy/" });
    expect(matching.data.map((one) => one.ref)).toEqual(["refs/heads/adaptive-deploy/changes"]);
  });
});

describe("trees over trees", () => {
  it("keeps what base_tree holds and removes what is given without a sha", async () => {
    const base = git(repository.folder, "rev-parse", "main^{tree}");
    const { data } = await octokit.rest.git.createTree({
      ...shop,
      base_tree: base,
      tree: [{ path: "README.md", mode: "100644", type: "blob", sha: null }],
    });
    expect(data.tree.map((entry) => entry.path)).toEqual(["docs"]);
    const deep = await octokit.rest.git.getTree({ ...shop, tree_sha: "main", recursive: "1" });
    expect(deep.data.tree.map((entry) => entry.path)).toEqual(["README.md", "docs", "docs/a b.md"]);
  });
});

describe("refs", () => {
  it("move forward only, unless forced, and go", async () => {
    const first = git(repository.folder, "rev-parse", "main");
    const second = commitFiles(repository.folder, "Second", { "x.txt": "x\n" });
    git(repository.folder, "branch", "work", first);
    const work = { ...shop, ref: "heads/work" };
    await octokit.rest.git.updateRef({ ...work, sha: second });
    await expect(octokit.rest.git.updateRef({ ...work, sha: first })).rejects.toMatchObject({ status: 422 });
    await octokit.rest.git.updateRef({ ...work, sha: first, force: true });
    expect(git(repository.folder, "rev-parse", "work")).toBe(first);
    await octokit.rest.git.deleteRef(work);
    await expect(octokit.rest.git.getRef(work)).rejects.toMatchObject({ status: 404 });
  });
});

describe("commits and branches", () => {
  it("are read as git has them", async () => {
    const sha = commitFiles(repository.folder, "Second\n\nBody", { "README.md": "# Shop 2\n" });
    const commit = await octokit.rest.repos.getCommit({ ...shop, ref: "main" });
    expect(commit.data).toMatchObject({
      sha,
      stats: { total: 2 },
      author: { login: "maria" },
      commit: { message: "Second\n\nBody" },
    });
    const list = await octokit.rest.repos.listCommits({ ...shop, path: "docs" });
    expect(list.data.map((one) => one.commit.message)).toEqual(["First"]);
    const branch = await octokit.rest.repos.getBranch({ ...shop, branch: "main" });
    expect(branch.data.commit.sha).toBe(sha);
    await expect(octokit.rest.repos.getBranch({ ...shop, branch: "no" })).rejects.toMatchObject({
      status: 404,
    });
    const blob = await octokit.rest.git.getBlob({
      ...shop,
      file_sha: git(repository.folder, "rev-parse", "main:README.md"),
    });
    expect(Buffer.from(blob.data.content, "base64").toString()).toBe("# Shop 2\n");
    const gitCommit = await octokit.rest.git.getCommit({ ...shop, commit_sha: sha });
    expect(gitCommit.data.parents).toHaveLength(1);
  });
});
