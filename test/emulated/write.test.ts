import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { openGit } from "../../emulated/github/git/git.ts";
import { type TreeChange, writeBlob, writeCommit, writeTree } from "../../emulated/github/git/write.ts";
import { git, smallRepository } from "./small-repository.ts";

const repository = smallRepository({ "README.md": "# Shop\n", "src/a/pay.ts": "pay\n", "src/b.ts": "b\n" });
const opened = openGit(repository.folder);
afterAll(() => {
  opened.close();
  repository.remove();
});

const gitAsked = (args: string[], input: string, more: Record<string, string> = {}): string =>
  execFileSync("git", args, {
    cwd: repository.folder,
    encoding: "utf8",
    input,
    stdio: "pipe",
    env: { ...process.env, ...more },
  }).trimEnd();

describe("what is written without git", () => {
  it("has the names that git gives it, and git finds nothing to complain of", async () => {
    const head = git(repository.folder, "rev-parse", "HEAD");
    // Their order in a tree is not that of the alphabet: a folder counts as "src/", behind "src.ts" and before "src0".
    const path = fc.constantFrom(
      "src.ts",
      "src0",
      "src/b.ts",
      "src/a/pay.ts",
      "src/a/é.ts",
      "new/deep/er",
      "z",
    );
    const one = fc.record({ path, mode: fc.constantFrom("100644", "100755"), text: fc.option(fc.string()) });
    const cases = fc.uniqueArray(one, { selector: (change) => change.path, minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(cases, async (changed) => {
        const changes: TreeChange[] = changed.map(({ path, mode, text }) => ({
          path,
          mode,
          oid: text === null ? null : writeBlob(opened, Buffer.from(text)),
        }));
        const index = { GIT_INDEX_FILE: `${repository.folder}/.git/other-index` };
        gitAsked(["read-tree", head], "", index);
        const lines = changes.map(({ path, mode, oid }) =>
          oid === null ? `0 ${"0".repeat(40)}\t${path}\0` : `${mode} ${oid}\t${path}\0`,
        );
        gitAsked(["update-index", "--add", "-z", "--index-info"], lines.join(""), index);
        const ofGit = gitAsked(["write-tree"], "", index);
        expect(await writeTree(opened, head, changes)).toBe(ofGit);
      }),
      { numRuns: 15 },
    );
    const tree = await writeTree(opened, null, [
      { path: "only/here.txt", mode: "100644", oid: writeBlob(opened, Buffer.from("ours alone\n")) },
    ]);
    git(repository.folder, "update-ref", "refs/heads/ours", commitOf(tree, "Ours"));
    expect(git(repository.folder, "show", "ours:only/here.txt")).toBe("ours alone");
    expect(git(repository.folder, "fsck", "--strict", "--full")).not.toMatch(/\b(error|missing|bad)\b/i);
  });

  it.each([
    ["Maria", "maria@users.example.com"],
    ["adaptive-deploy[bot]", "1+adaptive-deploy[bot]@users.example.com"],
    [' "Eve <eve>\n, ', "<eve@example.com>"],
  ])("names %j as git does", (name, email) => {
    const head = git(repository.folder, "rev-parse", "HEAD");
    const tree = git(repository.folder, "rev-parse", "HEAD^{tree}");
    const date = "2026-03-01T10:00:00Z";
    const ofGit = gitAsked(["commit-tree", tree, "-p", head, "-p", head], "One\n\ntwo", {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_COMMITTER_DATE: date,
    });
    const person = { name, email, date };
    const about = { tree, parents: [head, head], message: "One\n\ntwo" };
    expect(writeCommit(opened, about, { author: person, committer: person })).toBe(ofGit);
  });

  it("keeps no empty folder, and no path outside", async () => {
    const gone = { mode: "100644", oid: null };
    const left = await writeTree(opened, "HEAD", [
      { path: "src/a/pay.ts", ...gone },
      { path: "src/b.ts", ...gone },
      { path: "README.md/nothing", ...gone },
    ]);
    expect(git(repository.folder, "ls-tree", "-r", "-t", "--name-only", left)).toBe("README.md");
    const nothing = await writeTree(opened, left, [{ path: "README.md", ...gone }]);
    expect(nothing).toBe("4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    const blob = writeBlob(opened, Buffer.from("x"));
    for (const path of ["../x", ".git/config", "/x", "src//x"])
      await expect(writeTree(opened, "HEAD", [{ path, mode: "100644", oid: blob }])).rejects.toThrow(
        "No path",
      );
  });
});

describe("moving refs", () => {
  it("goes on after a move that git refuses, and of two that come at once one is first", async () => {
    const head = git(repository.folder, "rev-parse", "HEAD");
    const side = commitOf(git(repository.folder, "rev-parse", "HEAD^{tree}"), "Side");
    const none = "0".repeat(40);
    const both = await Promise.all([
      opened.move("refs/heads/x", head, none),
      opened.move("refs/heads/x", side, none),
    ]);
    expect(both).toEqual([true, false]);
    expect(await opened.move("refs/heads/x/y", side, none)).toBe(false);
    expect(await opened.move("refs/heads/a\0b", side, none)).toBe(false);
    expect(await opened.move("refs/heads/x", side, head)).toBe(true);
    expect(await opened.move("refs/heads/x", head, "")).toBe(true);
    expect(git(repository.folder, "rev-parse", "x")).toBe(head);
  });
});

function commitOf(tree: string, message: string): string {
  const person = { name: "Maria", email: "maria@users.example.com", date: "2026-03-01T10:00:00Z" };
  return writeCommit(opened, { tree, parents: [], message }, { author: person, committer: person });
}
