import { describe, expect, it } from "vitest";
import { gitFacts } from "../../../adapters/git/facts.ts";
import { deriveDiff } from "../../../core/change/diff.ts";
import { changeFacts } from "../../../core/change/facts.ts";
import { type Checkout, emptyCheckout, numbered } from "./checkout.ts";

/** A base on main and a branch for the change. */
function branched(files: Record<string, string> = { "README.md": "hello\n" }): Checkout & { base: string } {
  const checkout = emptyCheckout();
  const base = checkout.change(files);
  checkout.git("checkout", "-q", "-b", "topic");
  return { ...checkout, base };
}

const filesOf = async (checkout: Checkout) =>
  (await gitFacts({ repository: checkout.repository })).diff?.changed_files ?? [];

describe("gitFacts", () => {
  it("says what a branch changes against main, as a document that fits the schema", async () => {
    const checkout = branched({ "src/a.ts": numbered(20), "old.ts": numbered(20), "gone.ts": "x\n" });
    checkout.git("remote", "add", "origin", "https://github.com/acme/shop.git");
    checkout.git("mv", "old.ts", "new.ts");
    checkout.remove("gone.ts");
    checkout.change({ "src/a.ts": numbered(20, (line, number) => (number === 5 ? "  line  5" : line)) });
    const head = checkout.change({ "src/b.ts": "b\n" }, { message: "feat: the second\n\nbody" });
    const facts = await gitFacts({ repository: checkout.repository });
    expect(changeFacts.parse(facts)).toEqual(facts);
    expect(facts).toEqual({
      schema_version: 1,
      change: {
        kind: "change",
        repository: "acme/shop",
        base: checkout.base,
        head,
        base_branch: "main",
        title: "feat: the second",
        author_is_bot: false,
        commits: 2,
      },
      diff: {
        changed_files: [
          {
            path: "gone.ts",
            status: "removed",
            additions: 0,
            deletions: 1,
            whitespace_additions: 0,
            whitespace_deletions: 0,
            commits_30d: 1,
          },
          {
            path: "new.ts",
            previous_path: "old.ts",
            status: "renamed",
            additions: 0,
            deletions: 0,
            whitespace_additions: 0,
            whitespace_deletions: 0,
            commits_30d: 1,
          },
          {
            path: "src/a.ts",
            status: "modified",
            additions: 1,
            deletions: 1,
            whitespace_additions: 1,
            whitespace_deletions: 1,
            commits_30d: 1,
          },
          {
            path: "src/b.ts",
            status: "added",
            additions: 1,
            deletions: 0,
            whitespace_additions: 0,
            whitespace_deletions: 0,
            commits_30d: 0,
          },
        ],
      },
      dependencies: { added: 0, updated: 0, removed: 0, major: 0, changes: [] },
      kinds: { revert: false },
      sources: {
        change: { from: "git", trusted: true },
        diff: { from: "git", trusted: true },
        dependencies: { from: "git", trusted: true },
        kinds: { from: "git", trusted: true },
      },
    });
  });

  it("measures from the merge base, not from where the base has moved since", async () => {
    const checkout = branched();
    checkout.change({ "a.ts": "a\n" });
    checkout.git("checkout", "-q", "main");
    checkout.change({ "other.ts": "o\n" });
    checkout.git("checkout", "-q", "topic");
    const facts = await gitFacts({ repository: checkout.repository, base: "main", head: "topic" });
    expect(facts.change).toMatchObject({
      base: checkout.base,
      base_branch: "main",
      commits: 1,
      title: "a change",
    });
    expect(facts.diff?.changed_files?.map(({ path }) => path)).toEqual(["a.ts"]);
  });

  it("measures a first commit against the empty tree", async () => {
    const { repository, change } = emptyCheckout();
    change({ "a.ts": "a\nb\n" }, { message: "start" });
    const facts = await gitFacts({ repository });
    expect(facts.change).toMatchObject({
      base: "4b825dc642cb6eb9a060e54bf8d69288fbee4904",
      commits: 1,
      title: "start",
    });
    expect(facts.diff?.changed_files).toMatchObject([{ status: "added", additions: 2, commits_30d: 0 }]);
  });

  it("takes the title of the only commit, also below a merge of GitHub's", async () => {
    const checkout = branched();
    checkout.change({ "a.ts": "a\n" }, { message: "fix: the one" });
    checkout.git("checkout", "-q", "main");
    checkout.change({ "b.ts": "b\n" });
    checkout.git("checkout", "-q", "topic");
    checkout.merge("main");
    expect((await gitFacts({ repository: checkout.repository })).change?.title).toBe("fix: the one");
    checkout.git("checkout", "-q", "main");
    checkout.merge("topic", { message: "Merge pull request #7 from acme/topic\n\nfix: as merged" });
    const merged = await gitFacts({ repository: checkout.repository, base: "HEAD~1", head: "HEAD" });
    expect(merged.change?.title).toBe("fix: the one");
    const several = checkout.git("rev-list", "--max-parents=0", "HEAD");
    const whole = await gitFacts({ repository: checkout.repository, base: several, head: "HEAD" });
    expect(whole.change).toMatchObject({ title: "fix: as merged" });
    expect(whole.change).not.toHaveProperty("base_branch");
  });

  it.each([
    ["a bot alone", ["dependabot[bot]"], true],
    ["a person alone", ["Ada"], false],
    ["a person on a bot's branch", ["dependabot[bot]", "Ada"], false],
  ])("knows the change of %s", async (_, authors, expected) => {
    const checkout = branched();
    for (const [index, author] of authors.entries()) checkout.change({ "a.ts": `${index}\n` }, { author });
    expect((await gitFacts({ repository: checkout.repository })).change?.author_is_bot).toBe(expected);
  });

  it("is an empty diff where the head is the base, and says so by zero files", async () => {
    const { repository, base } = branched();
    const facts = await gitFacts({ repository, base: "topic", head: "main" });
    expect(facts.change).toMatchObject({ base, commits: 0 });
    expect(facts.diff?.changed_files).toEqual([]);
  });
});

describe("files of every sort", () => {
  it("paths that break lines, quote, speak other scripts or look like options", async () => {
    const checkout = branched();
    const paths = [
      'quo"te.ts',
      "line\nbreak.ts",
      "tab\there.ts",
      "ünï/日本.ts",
      "-rf",
      ":(glob)x.ts",
      " blank ",
      "__proto__",
    ];
    checkout.change(
      Object.fromEntries(paths.filter((path) => path !== "__proto__").map((path) => [path, "x\n"])),
    );
    checkout.write("__proto__", "x\n");
    checkout.commit();
    const files = await filesOf(checkout);
    expect(files.map(({ path }) => path).sort()).toEqual([...paths].sort());
    expect(files.every((file) => file.additions === 1 && file.whitespace_additions === 0)).toBe(true);
  });

  it("links, submodules, modes, empty and binary files, and a file that became a link", async () => {
    const checkout = branched({ "tool.sh": "x\n", "was-file": "a\nb\n", "z-after.ts": "a\nb\n" });
    checkout.link("link", "tool.sh");
    checkout.makeExecutable("tool.sh");
    checkout.remove("was-file");
    checkout.link("was-file", "tool.sh");
    checkout.write("empty", "");
    checkout.write(
      "image.bin",
      Uint8Array.from({ length: 3000 }, (_, index) => (index * 7) % 256),
    );
    checkout.write("z-after.ts", "a\n  b\n");
    checkout.git("add", "-A");
    checkout.git("update-index", "--add", "--cacheinfo", `160000,${checkout.base},module`);
    checkout.git("commit", "-q", "-m", "sorts");
    const files = new Map((await filesOf(checkout)).map((file) => [file.path, file]));
    expect(files.get("link")).toMatchObject({ status: "added", additions: 1, deletions: 0 });
    expect(files.get("module")).toMatchObject({ status: "added", additions: 1 });
    expect(files.get("tool.sh")).toMatchObject({ status: "modified", additions: 0, deletions: 0 });
    expect(files.get("was-file")).toMatchObject({ status: "modified" });
    expect(files.get("empty")).toMatchObject({ status: "added", additions: 0 });
    expect(files.get("image.bin")).toMatchObject({ status: "added", binary: true });
    expect(files.get("image.bin")).not.toHaveProperty("additions");
    // Patches are matched to files by order: one that takes two patches must not shift the others.
    expect(files.get("z-after.ts")).toMatchObject({ whitespace_additions: 1, whitespace_deletions: 1 });
  });

  it("a file whose content looks like the patch of another", async () => {
    const checkout = branched({ "a.txt": "\n", "b.ts": "x\n" });
    const trap = "diff --git a/b.ts b/b.ts\n--- a/b.ts\n+++ b/b.ts\n@@ -1 +1 @@\n-x\n+ x\n";
    checkout.change({ "a.txt": trap, "b.ts": "y\n" });
    expect(await filesOf(checkout)).toMatchObject([
      { path: "a.txt", additions: 6, whitespace_additions: 0 },
      { path: "b.ts", additions: 1, whitespace_additions: 0 },
    ]);
  });

  it("a patch too large to read keeps its count of lines and does not know its whitespace", async () => {
    const checkout = branched({ "a.ts": "a\n", "z.ts": "z\n" });
    checkout.change({ "a.ts": `${"x".repeat(99)}\n`.repeat(60_000), "z.ts": "  z\n" });
    const [large, small] = await filesOf(checkout);
    expect(large).toMatchObject({ path: "a.ts", additions: 60_000 });
    expect(large).not.toHaveProperty("whitespace_additions");
    expect(small).toMatchObject({ path: "z.ts", whitespace_additions: 1 });
  });

  it("more files than are listed are said to be more", async () => {
    const checkout = branched();
    const blob = checkout.git("hash-object", "-w", "README.md");
    const entries = Array.from({ length: 20_001 }, (_, index) => `100644 ${blob}\tmany/${index}.txt\n`).join(
      "",
    );
    checkout.gitWithInput(entries, "update-index", "--index-info");
    checkout.git("commit", "-q", "-m", "many");
    const facts = await gitFacts({ repository: checkout.repository });
    expect(facts.diff?.changed_files).toHaveLength(20_000);
    expect(facts.diff?.incomplete).toContain("20001");
    expect(facts.dependencies).toBeUndefined();
  });
});

describe("what the base says of its own files", () => {
  it("counts, and what the head says of itself does not", async () => {
    const checkout = branched({
      ".gitattributes": "api/** linguist-generated\n*.svg -diff\n",
      "src/a.ts": "a\n",
    });
    checkout.change({
      ".gitattributes": "* linguist-generated -diff\n",
      "api/x.ts": "x\n",
      "icon.svg": "<svg/>\n",
      "src/a.ts": "evil\n",
    });
    const files = await filesOf(checkout);
    expect(files.find(({ path }) => path === "api/x.ts")).toMatchObject({ generated: true });
    expect(files.find(({ path }) => path === "icon.svg")).toMatchObject({ binary: true, additions: 1 });
    const source = files.find(({ path }) => path === "src/a.ts");
    expect(source).toMatchObject({ additions: 1, deletions: 1 });
    expect(source).not.toHaveProperty("generated");
    expect(source).not.toHaveProperty("binary");
    expect(deriveDiff(files)).toMatchObject({
      files: 2,
      not_counted: { by_reason: { generated: 1, binary: 1 } },
    });
  });

  it("names owners by the base's CODEOWNERS, the one in .github first", async () => {
    const checkout = branched({
      ".github/CODEOWNERS": "* @org/all\nsrc/ @org/src\n",
      CODEOWNERS: "* @nobody\n",
    });
    checkout.change({ "src/a.ts": "a\n", ".github/CODEOWNERS": "* @evil\n" });
    const facts = await gitFacts({ repository: checkout.repository });
    expect(facts.diff?.owners).toEqual(["@org/all", "@org/src"]);
  });

  it("does not know owners where no CODEOWNERS is", async () => {
    const checkout = branched();
    checkout.change({ "a.ts": "a\n" });
    expect((await gitFacts({ repository: checkout.repository })).diff).not.toHaveProperty("owners");
  });
});

describe("dependencies", () => {
  const requirements = (version: string) => `left==${version}\nright==1.0.0\n`;

  it("are told from the lock files in the diff", async () => {
    const checkout = branched({ "requirements.txt": requirements("1.2.0") });
    checkout.change({ "requirements.txt": requirements("2.0.0") });
    const facts = await gitFacts({ repository: checkout.repository });
    expect(facts.dependencies).toMatchObject({
      updated: 1,
      major: 1,
      changes: [{ ecosystem: "pip", name: "left", from: "1.2.0", to: "2.0.0" }],
    });
  });

  it("are none where a lock file only moved", async () => {
    const checkout = branched({ "requirements.txt": requirements("1.2.0") });
    checkout.write("api/keep", "");
    checkout.git("mv", "requirements.txt", "api/requirements.txt");
    checkout.commit();
    expect((await gitFacts({ repository: checkout.repository })).dependencies).toMatchObject({
      updated: 0,
      added: 0,
    });
  });
});

describe("how busy a file is", () => {
  it("counts merged changes in the 30 days before the base, by the base's clock", async () => {
    const { repository, change, git } = emptyCheckout();
    change({ "a.ts": "1\n" }, { at: "2020-01-01T00:00:00Z" });
    change({ "a.ts": "2\n" }, { at: "2020-03-02T00:00:00Z" });
    change({ "a.ts": "3\n", "b.ts": "1\n" }, { at: "2020-03-20T00:00:00Z" });
    change({ "b.ts": "2\n" }, { at: "2020-03-31T00:00:00Z" });
    git("checkout", "-q", "-b", "topic");
    change({ "a.ts": "4\n", "b.ts": "3\n", "c.ts": "1\n" }, { at: "2026-01-01T00:00:00Z" });
    const facts = await gitFacts({ repository });
    expect(facts.diff?.changed_files?.map((file) => [file.path, file.commits_30d])).toEqual([
      ["a.ts", 2],
      ["b.ts", 2],
      ["c.ts", 0],
    ]);
  });

  it("asks for a moved file under its old name", async () => {
    const checkout = branched({ "a.ts": numbered(20) });
    checkout.git("mv", "a.ts", "b.ts");
    checkout.commit();
    expect(await filesOf(checkout)).toMatchObject([{ path: "b.ts", commits_30d: 1 }]);
  });
});
