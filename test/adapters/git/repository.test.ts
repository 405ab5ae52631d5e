import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitFacts } from "../../../adapters/git/facts.ts";
import { gitRepository, repositoryName } from "../../../adapters/git/repository.ts";
import { exitCodes } from "../../../core/errors.ts";
import { checkoutAt, emptyCheckout, plainEnvironment, temporaryFolder } from "./checkout.ts";

function clone(from: string, ...options: string[]) {
  const folder = join(temporaryFolder(), "clone");
  execFileSync("git", ["clone", "-q", ...options, `file://${from}`, folder], { env: plainEnvironment });
  return checkoutAt(folder);
}

describe("where no facts can be read, the error says why and what to do", () => {
  it("a folder that is no repository", async () => {
    await expect(gitRepository(temporaryFolder(), plainEnvironment).resolve("HEAD")).rejects.toMatchObject({
      name: "UserError",
      reasonCode: "not-a-repository",
      message: expect.stringContaining("--repo"),
    });
  });

  it("a folder that does not exist", async () => {
    const missing = join(temporaryFolder(), "missing");
    await expect(gitRepository(missing, plainEnvironment).resolve("HEAD")).rejects.toMatchObject({
      reasonCode: "not-a-repository",
    });
  });

  it("no git on the machine", async () => {
    const environment = { ...plainEnvironment, PATH: temporaryFolder() };
    await expect(gitRepository(".", environment).resolve("HEAD")).rejects.toMatchObject({
      reasonCode: "git-missing",
      exitCode: exitCodes.unavailable,
    });
  });

  it("a repository without a commit", async () => {
    await expect(emptyCheckout().repository.resolve("HEAD")).rejects.toMatchObject({
      reasonCode: "no-commits",
    });
  });

  it.each([
    "nowhere",
    "--output=/tmp/x",
    "-h",
    "",
    "a\0b",
    "HEAD^{tree}",
    "HEAD:a.txt",
    "main..main",
    "\u001b[31m",
  ])("the revision %j", async (revision) => {
    const { repository, change } = emptyCheckout();
    change({ "a.txt": "a\n" });
    const fault = await repository.resolve(revision).catch((error: unknown) => error);
    expect(fault).toMatchObject({ reasonCode: "unknown-revision" });
    expect(String(fault)).not.toContain("\u001b");
  });

  it("histories that share nothing", async () => {
    const { repository, change, git } = emptyCheckout();
    const one = change({ "a.txt": "a\n" });
    git("checkout", "-q", "--orphan", "other");
    const other = change({ "b.txt": "b\n" });
    await expect(repository.mergeBase(one, other)).rejects.toMatchObject({ reasonCode: "no-merge-base" });
  });

  it("a broken object", async () => {
    const { repository, change, folder, git } = emptyCheckout();
    const commit = change({ "a.txt": "a\n" });
    const blob = git("rev-parse", "HEAD:a.txt");
    const path = join(folder, ".git/objects", blob.slice(0, 2), blob.slice(2));
    execFileSync("rm", ["-f", path]);
    await expect(repository.show(commit, "a.txt")).rejects.toMatchObject({ name: "UserError", exitCode: 69 });
  });
});

describe("a shallow clone", () => {
  const unavailable = {
    reasonCode: "shallow-clone",
    exitCode: exitCodes.unavailable,
    message: expect.stringContaining("fetch-depth: 0"),
  };

  it("names fetch-depth where the merge base is missing", async () => {
    const origin = emptyCheckout();
    origin.change({ "a.txt": "a\n" });
    origin.git("checkout", "-q", "-b", "topic");
    origin.change({ "b.txt": "b\n" });
    origin.git("checkout", "-q", "main");
    origin.change({ "c.txt": "c\n" });
    const { repository } = clone(origin.folder, "--depth=1", "--no-single-branch");
    const [left, right] = [await repository.resolve("origin/main"), await repository.resolve("origin/topic")];
    await expect(repository.mergeBase(left, right)).rejects.toMatchObject(unavailable);
  });

  it("names fetch-depth where the commit before is missing, which git would take for a first commit", async () => {
    const origin = emptyCheckout();
    origin.change({ "a.txt": "a\n" });
    const head = origin.change({ "b.txt": "b\n" });
    const { repository } = clone(origin.folder, "--depth=1");
    await expect(repository.defaultBase(head)).rejects.toMatchObject(unavailable);
  });

  it("names fetch-depth where the base is missing", async () => {
    const origin = emptyCheckout();
    const base = origin.change({ "a.txt": "a\n" });
    origin.change({ "b.txt": "b\n" });
    const { repository } = clone(origin.folder, "--depth=1");
    await expect(repository.resolve(base)).rejects.toMatchObject(unavailable);
  });
});

describe("the base that nobody named", () => {
  it("is the merge base with origin's default branch", async () => {
    const origin = emptyCheckout();
    origin.git("checkout", "-q", "-b", "trunk");
    const base = origin.change({ "a.txt": "a\n" });
    const { repository, change, git } = clone(origin.folder);
    git("checkout", "-q", "-b", "topic");
    const head = change({ "b.txt": "b\n" });
    expect(await repository.defaultBase(head)).toEqual({ base, tip: base, branch: "trunk" });
  });

  it.each(["main", "master"])("is the merge base with a local %s", async (branch) => {
    const { repository, change, git } = emptyCheckout();
    git("checkout", "-q", "-b", branch === "main" ? "unused" : branch);
    if (branch === "main") git("checkout", "-q", "-b", "main");
    const base = change({ "a.txt": "a\n" });
    git("checkout", "-q", "-b", "topic");
    const head = change({ "b.txt": "b\n" });
    git("checkout", "-q", branch);
    const tip = change({ "c.txt": "c\n" });
    expect(await repository.defaultBase(head)).toEqual({ base, tip, branch });
  });

  it("is the commit before on the base itself, on a merge its first parent", async () => {
    const { repository, change, git, merge } = emptyCheckout();
    change({ "a.txt": "a\n" });
    git("checkout", "-q", "-b", "topic");
    change({ "b.txt": "b\n" });
    git("checkout", "-q", "main");
    const first = change({ "c.txt": "c\n" });
    const head = merge("topic");
    expect(await repository.defaultBase(head)).toEqual({ base: first, tip: first, branch: "main" });
  });

  it("is the empty tree for a first commit", async () => {
    const { repository, change } = emptyCheckout();
    const head = change({ "a.txt": "a\n" });
    expect((await repository.defaultBase(head)).base).toBe("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
  });

  it("is the commit before where no main branch is known, and with a detached head", async () => {
    const { repository, change, git } = emptyCheckout();
    git("checkout", "-q", "-b", "somewhere");
    const base = change({ "a.txt": "a\n" });
    const head = change({ "b.txt": "b\n" });
    git("checkout", "-q", "--detach");
    expect(await repository.defaultBase(head)).toEqual({ base, tip: base });
  });
});

describe("reading at a commit", () => {
  it("shows files and folders, and neither links nor what is not there", async () => {
    const { repository, change, link, write } = emptyCheckout();
    write(":(top)odd", "odd\n");
    write("-dash", "dash\n");
    write("dir/*.ts", "star\n");
    link("link", "/etc/passwd");
    const commit = change({ "dir/a.ts": "a\n", 'we"ird\nnäme.txt': "weird\n", "dir/deep/b.ts": "b\n" });
    change({ "dir/a.ts": "later\n" });
    expect(await repository.show(commit, "dir/a.ts")).toBe("a\n");
    expect(await repository.show(commit, 'we"ird\nnäme.txt')).toBe("weird\n");
    expect(await repository.show(commit, ":(top)odd")).toBe("odd\n");
    expect(await repository.show(commit, "-dash")).toBe("dash\n");
    expect(await repository.show(commit, "dir/*.ts")).toBe("star\n");
    expect(await repository.show(commit, "missing")).toBeUndefined();
    expect(await repository.show(commit, "dir/missing")).toBeUndefined();
    await expect(repository.show(commit, "dir")).rejects.toMatchObject({ reasonCode: "not-a-file" });
    await expect(repository.show(commit, "link")).rejects.toMatchObject({ reasonCode: "not-a-file" });
    const names = (await repository.listFolder(commit, "dir"))?.map(({ name, kind }) => `${kind} ${name}`);
    expect(names).toEqual(["file *.ts", "file a.ts", "folder deep"]);
    expect((await repository.listFolder(commit, ""))?.length).toBe(5);
    expect(await repository.listFolder(commit, "missing")).toBeUndefined();
    expect(await repository.listFolder(commit, "dir/a.ts")).toBeUndefined();
    const read = await repository.readFiles(commit, ["dir/a.ts", "link", "missing", "-dash"], 100);
    expect([...read]).toEqual([
      ["-dash", "dash\n"],
      ["dir/a.ts", "a\n"],
    ]);
  });

  it("reads more paths than one command line holds", async () => {
    const { repository, change } = emptyCheckout();
    const paths = Array.from({ length: 900 }, (_, index) => `folder/with/a/long/name/${index}.txt`);
    const commit = change(Object.fromEntries(paths.slice(0, 3).map((path) => [path, "x\n"])));
    expect((await repository.readFiles(commit, paths, 100)).size).toBe(3);
  });
});

describe("the work tree", () => {
  it("names what is not committed", async () => {
    const { repository, change, write, git } = emptyCheckout();
    change({ "a.txt": "a\n", "b.txt": "b\n" });
    write("a.txt", "changed\n");
    write("new\nfile", "new\n");
    git("rm", "-q", "b.txt");
    expect((await repository.uncommitted()).sort()).toEqual(["a.txt", "b.txt", "new\nfile"]);
  });

  it("is nothing in a bare repository", async () => {
    const origin = emptyCheckout();
    origin.change({ "a.txt": "a\n" });
    const { repository } = clone(origin.folder, "--bare");
    expect(await repository.uncommitted()).toEqual([]);
    expect(await repository.resolve("HEAD")).toMatch(/^[0-9a-f]{40}$/);
  });

  it("is read from a linked work tree and from a folder below", async () => {
    const { repository, change, git, folder } = emptyCheckout();
    change({ "deep/a.txt": "a\n" });
    const other = join(temporaryFolder(), "tree");
    git("worktree", "add", "-q", "-b", "topic", other);
    const head = checkoutAt(other).change({ "b.txt": "b\n" });
    expect(await gitRepository(other, plainEnvironment).resolve("HEAD")).toBe(head);
    expect(await gitRepository(join(folder, "deep"), plainEnvironment).resolve("HEAD")).toBe(
      await repository.resolve("main"),
    );
  });
});

describe("hostile surroundings", () => {
  it("run no program that the repository's configuration names", async () => {
    const { repository, change, git, folder, write } = emptyCheckout();
    const base = change({ "a.txt": "a\n" });
    const head = change({ "a.txt": "b\n" });
    write("a.txt", "c\n");
    const mark = join(temporaryFolder(), "ran");
    const script = join(temporaryFolder(), "run");
    writeFileSync(script, `#!/bin/sh\ntouch ${mark}\n`, { mode: 0o755 });
    const settings = [
      "core.fsmonitor",
      "diff.external",
      "diff.evil.textconv",
      "diff.evil.command",
      "core.pager",
      "pager.log",
    ];
    for (const name of settings) git("config", name, script);
    git("config", "core.hooksPath", folder);
    git("config", "log.showSignature", "true");
    git("config", "gpg.program", script);
    mkdirSync(join(folder, ".git/info"), { recursive: true });
    writeFileSync(join(folder, ".git/info/attributes"), "* diff=evil\n");
    expect(await repository.uncommitted()).toEqual(["a.txt"]);
    const { files } = await repository.changedFiles(base, head);
    const patches = await repository.patches(base, head, files, (_, patch) => patch);
    await gitFacts({ repository });
    expect([...patches.values()]).toEqual(["@@ -1 +1 @@\n-a\n+b\n"]);
    expect(existsSync(mark)).toBe(false);
  });

  it("change nothing in the form of a diff", async () => {
    const { repository, change, git } = emptyCheckout();
    const base = change({ "dir/ä.txt": "a\nb\nc\nd\n" });
    const head = change({ "dir/ä.txt": "a\nb\nc\nD\n" });
    const settings = {
      "diff.noprefix": "true",
      "diff.mnemonicPrefix": "true",
      "diff.renames": "copies",
      "diff.context": "0",
      "diff.interHunkContext": "50",
      "diff.algorithm": "patience",
      "diff.orderFile": "missing",
      "diff.ignoreSubmodules": "all",
      "diff.relative": "true",
      "diff.wsErrorHighlight": "all",
      "color.ui": "always",
      "core.quotePath": "true",
      "log.diffMerges": "off",
      "log.follow": "true",
      "log.mailmap": "true",
      "log.showRoot": "false",
      "format.pretty": "oneline",
    };
    const before = await gitFacts({ repository });
    for (const [name, value] of Object.entries(settings)) git("config", name, value);
    const { files } = await repository.changedFiles(base, head);
    expect(files).toMatchObject([{ path: "dir/ä.txt", status: "modified", additions: 1, deletions: 1 }]);
    const patches = await repository.patches(base, head, files, (_, patch) => patch);
    expect([...patches.values()]).toEqual(["@@ -1,4 +1,4 @@\n a\n b\n c\n-d\n+D\n"]);
    expect(await gitFacts({ repository })).toEqual(before);
  });

  it("do not send git elsewhere through its variables", async () => {
    const other = emptyCheckout();
    other.change({ "x.txt": "x\n" });
    const { change, folder } = emptyCheckout();
    const head = change({ "a.txt": "a\n" });
    const repository = gitRepository(folder, {
      ...plainEnvironment,
      GIT_DIR: join(other.folder, ".git"),
      GIT_WORK_TREE: other.folder,
      GIT_INDEX_FILE: "/dev/null",
      GIT_EXTERNAL_DIFF: "false",
      GIT_DIFF_OPTS: "--unified=0",
      GIT_PAGER: "false",
    });
    expect(await repository.resolve("HEAD")).toBe(head);
    expect(await repository.uncommitted()).toEqual([]);
  });

  it("do not replace objects", async () => {
    const { repository, change, git } = emptyCheckout();
    const commit = change({ "a.txt": "true\n" });
    const lie = git("hash-object", "-w", "--stdin");
    git("replace", git("rev-parse", "HEAD:a.txt"), lie);
    expect(await repository.show(commit, "a.txt")).toBe("true\n");
  });
});

describe("a repository that counts in SHA-256", () => {
  it("is read like any other", async () => {
    const { repository, change } = emptyCheckout("--object-format=sha256");
    const first = change({ "a.txt": "a\n" });
    const { base } = await repository.defaultBase(first);
    expect(first).toHaveLength(64);
    expect((await repository.changedFiles(base, first)).files).toMatchObject([
      { path: "a.txt", status: "added" },
    ]);
  });
});

describe("the repository's name", () => {
  it.each([
    ["https://github.com/acme/shop.git", "acme/shop"],
    ["https://user:secret@github.com/acme/shop", "acme/shop"],
    ["git@github.com:acme/shop.git", "acme/shop"],
    ["ssh://git@host:2222/acme/shop.git/", "acme/shop"],
    ["https://gitlab.example/group/sub/shop.git", "sub/shop"],
    ["/srv/git/shop.git", undefined],
    ["../shop", undefined],
    ["file:///srv/git/shop.git", undefined],
    ["https://example.com/a b/c\u001b[31m", undefined],
    ["https://user:secret@example.com", undefined],
    [undefined, undefined],
  ])("in %s is %s", (address, name) => {
    expect(repositoryName(address)).toBe(name);
  });

  it("is read from origin", async () => {
    const { repository, git } = emptyCheckout();
    expect(await repository.name()).toBeUndefined();
    git("remote", "add", "origin", "git@github.com:acme/shop.git");
    expect(await repository.name()).toBe("acme/shop");
  });
});
