import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { gitFacts } from "../../../adapters/git/facts.ts";
import { gitHistory } from "../../../adapters/git/history.ts";
import { type WalkOptions, walkHistory } from "../../../adapters/git/walk.ts";
import { shippedBundle } from "../../../adapters/policy/shipped.ts";
import { deriveFacts } from "../../../core/change/derive.ts";
import { parseHistory } from "../../../core/change/history.ts";
import { columnNames, columnsOf } from "../../../core/learning/columns.ts";
import type { Walk, WalkedChange } from "../../../core/learning/walk/walked.ts";
import { type Checkout, checkoutAt, emptyCheckout, plainEnvironment, temporaryFolder } from "./checkout.ts";

const policy = shippedBundle("default");
const rules = { weights: policy.weights, heuristic: policy.weights };

function walked({ repository }: Checkout, more: Partial<WalkOptions> = {}): Promise<Walk> {
  return walkHistory({ repository, head: "main", rules, ...more });
}

function changeOf(walk: Walk, commit: string): WalkedChange {
  const found = walk.changes.find((change) => change.commit === commit);
  if (!found) throw new Error(`${commit} was not walked`);
  return found;
}

const day = (number: number) =>
  new Date(Date.parse("2026-01-01T00:00:00Z") + number * 86_400_000).toISOString();
const lines = (...texts: string[]) => texts.map((text) => `${text}\n`).join("");

describe("facts as they were then", () => {
  it("are those of the moment before the change was merged", async () => {
    const checkout = emptyCheckout();
    const { change, git } = checkout;
    change({ "src/pay/a.ts": lines("const a = 1;", "const b = 2;") }, { at: day(0) });
    change(
      { "src/pay/a.ts": lines("const a = 1;", "const b = 3;") },
      { at: day(10), author: "Bob", email: "b@x" },
    );
    change({ "src/pay/a.ts": lines("const b = 3;") }, { at: day(11), author: "renovate[bot]" });
    git("mv", "src/pay/a.ts", "src/pay/c.ts");
    const moved = change(
      { "src/pay/c.ts": lines("const b = 3;", "const c = 4;"), "src/web/new.ts": lines("export {};") },
      { at: day(50), message: "Fix the sum" },
    );
    const last = change({ "src/pay/c.ts": lines("const b = 5;") }, { at: day(60) });
    const walk = await walked(checkout);
    expect(changeOf(walk, moved).facts).toMatchObject({
      // The moved file had one line, and the new one none; three changes of two people and a robot were made to it.
      ...{ lt: 0.5, ndev: 2, nuc: 3, age: 0, fix: 1, churn: 3 },
      ...{ la: 2, ld: 0, nf: 2, nd: 2, ns: 2, bot: 0 },
    });
    // By the clock of the base, which is the commit before: it was touched just then.
    expect(changeOf(walk, last).facts).toMatchObject({ lt: 2, ndev: 2, nuc: 4, age: 0, churn: 1 });
    expect(walk.files).toMatchObject({
      complete: true,
      rows: { "src/pay/c.ts": [1, 2, 5, 0], "src/web/new.ts": [1, 1, 1, 10] },
    });
  });

  it("tell nothing of what lock files do, and see a policy's own rules", async () => {
    const checkout = emptyCheckout();
    checkout.change({ "a.ts": "1\n" });
    const lock = checkout.change({ "yarn.lock": "1\n2\n" });
    const docs = checkout.change({ "docs/a.md": "1\n", "a.ts": "1\n2\n" });
    const walk = await walked(checkout, {
      rules: { ...rules, weights: { ...policy.weights, "not-counted": ["docs/**"] } },
    });
    expect(changeOf(walk, lock)).toMatchObject({ counts: false, effort: 0, facts: { la: 0, nf: 0, lt: 0 } });
    expect(changeOf(walk, docs)).toMatchObject({ counts: true, effort: 1, facts: { la: 1, nf: 1 } });
    expect(Object.keys(walk.files.rows)).toEqual(["a.ts"]);
  });

  it("know the services that a change touches, and the author only where policy asks", async () => {
    const checkout = emptyCheckout();
    checkout.change({ "pay/a.ts": "1\n" });
    const second = checkout.change({ "pay/a.ts": "2\n" });
    const services = {
      "schema-version": 1 as const,
      services: [
        { name: "pay", paths: ["pay/**"], criticality: "critical" as const },
        { name: "web", paths: ["web/**"] },
      ],
    };
    const weights = { ...policy.weights, "author-facts": true };
    const walk = await walked(checkout, { rules: { ...rules, weights, services } });
    expect(changeOf(walk, second)).toMatchObject({ services: ["pay"], critical: true, facts: { exp: 1 } });
    expect(changeOf(await walked(checkout), second)).toMatchObject({ services: [], critical: null });
    expect(Object.keys(changeOf(await walked(checkout), second).facts)).not.toContain("exp");
  });
});

describe("a column means at a decision what it meant in the walk", () => {
  const files = [
    "src/pay/a.ts",
    "src/pay/b.py",
    "src/web/c.ts",
    "db/migrations/1.sql",
    "go.sum",
    "README.md",
  ];
  const authors = ["Ada", "Bob", "dependabot[bot]"];

  it("column by column, for one change after the other", async () => {
    const checkout = emptyCheckout();
    const { change, git, merge, repository } = checkout;
    change(
      { ".gitattributes": "src/web/** linguist-generated\n", "src/pay/a.ts": "let a = 1;\n" },
      { at: day(0) },
    );
    const decided = new Map<string, Record<string, number | undefined>>();
    for (let number = 0; number < 14; number += 1) {
      git("checkout", "-q", "-b", `change-${number}`);
      const author = authors[number % 3] ?? "";
      const touched = files.filter((_, index) => (number * 7 + index * 3) % 5 < 2);
      const text = (path: string) =>
        Array.from({ length: (number * 5) % 9 }, (_, at) => `${path} ${at} ${number % 4};`);
      if (number === 6) git("mv", "src/pay/a.ts", "src/pay/moved.ts");
      if (number === 8) checkout.remove("src/pay/b.py");
      if (number === 9) checkout.write(".gitattributes", "*.md linguist-documentation\n");
      const words = {
        author,
        email: `${author}@x`,
        at: day(3 * number + 1),
        message: number % 2 ? "Fix it" : "Add it",
      };
      change(Object.fromEntries(touched.map((path) => [path, lines(...text(path), "  end;")])), words);
      const facts = await gitFacts({ repository, base: "main", head: `change-${number}` });
      const summary = await gitHistory({ repository, base: "main", files: "some" });
      const read = parseHistory(JSON.stringify(summary));
      if (!("summary" in read)) throw new Error(read.problem);
      const derived = deriveFacts(facts, policy, { environment: "production", history: read.summary });
      git("checkout", "-q", "main");
      if (number % 3 === 0) git("merge", "-q", "--ff-only", `change-${number}`);
      else merge(`change-${number}`, { at: day(3 * number + 2) });
      decided.set(git("rev-parse", "HEAD"), columnsOf(derived, policy.weights));
    }
    const walk = await walked(checkout);
    expect(decided.size).toBe(14);
    for (const [commit, columns] of decided) {
      expect(Object.keys(columns)).toEqual(columnNames);
      expect(changeOf(walk, commit).facts).toEqual(columns);
    }
    const summary = await gitHistory({ repository, base: "main", files: "some" });
    expect(summary.files).toEqual(walk.files);
  });
});

describe("whom a fix blames", () => {
  it("the changes that wrote the lines of code which it takes away, by their share", async () => {
    const checkout = emptyCheckout();
    const { change, git } = checkout;
    change({
      "src/a.ts": lines("first();", "second();", "// a comment"),
      "test/a.test.ts": lines("expect(1);"),
    });
    const guilty = change({ "src/a.ts": lines("first();", "wrong(one);", "wrong(two);", "// a comment") });
    const other = change({ "src/b.ts": lines("alsoWrong();", "}") });
    // Neither moves, nor blanks, nor renames hide who wrote a line.
    git("mv", "src/a.ts", "src/moved.ts");
    change({ "src/moved.ts": lines("  wrong(one);", "  wrong(two);", "", "  first();", "  // a comment") });
    const fix = change(
      { "src/moved.ts": lines("  right();", "", "  first();"), "src/b.ts": "", "test/a.test.ts": "" },
      { message: "Fix a crash" },
    );
    const walk = await walked(checkout);
    expect(changeOf(walk, fix).takes).toEqual([
      { commit: guilty, lines: 2, share: 2 / 3 },
      { commit: other, lines: 1, share: 1 / 3 },
    ]);
    expect(walk.changes.filter(({ takes }) => takes.length > 0)).toHaveLength(1);
  });

  it("nobody, where it is a sweep, a revert, or no fix", async () => {
    const checkout = emptyCheckout();
    const many = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [`src/${index}.ts`, `call(${index});\n`]),
    );
    const emptied = Object.fromEntries(Object.keys(many).map((path) => [path, "other();\n"]));
    checkout.change({
      ...many,
      "src/long.ts": lines(...Array.from({ length: 600 }, (_, at) => `line(${at});`)),
    });
    const commits = [
      checkout.change(emptied, { message: "Fix all calls" }),
      checkout.change({ "src/long.ts": "none();\n" }, { message: "Fix a bug" }),
      checkout.change({ "src/long.ts": "some();\n" }, { message: 'Revert "Fix a bug"' }),
      checkout.change({ "src/long.ts": "more();\n" }, { message: "Fix typo" }),
    ];
    const walk = await walked(checkout);
    expect(commits.map((commit) => changeOf(walk, commit).takes)).toEqual([[], [], [], []]);
  });
});

describe("odd histories", () => {
  it("names with quotes, tabs and line breaks, of files that change their kind", async () => {
    const checkout = emptyCheckout();
    const { change, link, remove, commit } = checkout;
    const odd = [
      'we"ird.ts',
      "tab\tx.ts",
      "line\nbreak.ts",
      "diff --git a b.ts",
      "-dash.ts",
      "ünïcode.ts",
      "__proto__",
    ];
    change(Object.fromEntries(odd.map((name) => [name, "1\n2\n"])));
    const second = change(Object.fromEntries(odd.map((name) => [name, "1\n"])));
    change({ folder: "file\n" });
    remove("folder");
    change({ "folder/a.ts": "1\n" });
    remove("folder/a.ts");
    link("folder/a.ts", "../odd");
    const linked = commit();
    checkout.makeExecutable('we"ird.ts');
    const mode = commit();
    const walk = await walked(checkout);
    expect(changeOf(walk, second).facts).toMatchObject({ nf: 7, la: 0, ld: 7, lt: 2, nuc: 7 });
    expect(changeOf(walk, second).paths.toSorted()).toEqual(odd.toSorted());
    expect(changeOf(walk, linked).facts).toMatchObject({ nf: 1, la: 1, ld: 1 });
    expect(changeOf(walk, mode).facts).toMatchObject({ nf: 1, la: 0, ld: 0 });
    expect(Object.entries(walk.files.rows)).toContainEqual(["__proto__", [1, 1, 2, expect.any(Number)]]);
  });

  it("binary files, text that is none, lines without end, and a NUL at the beginning of a line", async () => {
    const checkout = emptyCheckout();
    const text = `${"long enough to hide what follows\n".repeat(400)}`;
    checkout.change({ "a.ts": text, "b.ts": "no end", "c.ts": "one\r\ntwo\r\n" });
    checkout.write("p.png", new Uint8Array([0, 1, 2]));
    checkout.write("latin.ts", new Uint8Array([0xe9, 0x0a, 0xff, 0x0a]));
    checkout.write("a.ts", `${text}\0\0deadbeef\0\n`);
    const odd = checkout.commit();
    const after = checkout.change({ "b.ts": "no end\nand more", "c.ts": "one\ntwo\n" });
    const walk = await walked(checkout);
    expect(changeOf(walk, odd).facts).toMatchObject({ nf: 2, la: 3, ld: 0 });
    expect(changeOf(walk, after).facts).toMatchObject({ nf: 1, la: 1, ld: 0 });
    expect(walk.files.rows["a.ts"]?.[0]).toBe(401);
    expect(walk.changes).toHaveLength(3);
  });

  it("merges of several branches, of a branch of its own root, and commits without a change", async () => {
    const checkout = emptyCheckout();
    const { change, git } = checkout;
    change({ "a.ts": "1\n" });
    for (const name of ["one", "two"]) {
      git("checkout", "-q", "-b", name, "main");
      change({ [`${name}.ts`]: "1\n" }, { author: "Bob", email: "b@x", message: `Fix ${name}` });
    }
    git("checkout", "-q", "main");
    git("merge", "-q", "--no-ff", "-m", "Merge branches", "one", "two");
    const octopus = git("rev-parse", "HEAD");
    git("commit", "-q", "--allow-empty", "-m", "nothing");
    const walk = await walked(checkout);
    expect(walk.changes).toHaveLength(3);
    expect(changeOf(walk, octopus)).toMatchObject({ title: "Fix one", facts: { la: 2, nf: 2, fix: 1 } });
    expect(changeOf(walk, octopus).parents).toHaveLength(3);
    expect(walk.changes.at(-1)).toMatchObject({ counts: false, paths: [], facts: { la: 0 } });
  });

  it("a shallow clone: what was before it is unknown, and its first commit is no change", async () => {
    const whole = emptyCheckout();
    whole.change({ "a.ts": "1\n2\n", "b.ts": "1\n" });
    whole.change({ "a.ts": "1\n" });
    whole.change({ "a.ts": "2\n" });
    const folder = join(temporaryFolder(), "clone");
    execFileSync("git", ["clone", "-q", "--depth", "2", `file://${whole.folder}`, folder], {
      env: plainEnvironment,
    });
    const walk = await walked(checkoutAt(folder), { head: "HEAD" });
    expect(walk).toMatchObject({
      shallow: true,
      files: { rows: { "a.ts": [1, null, null, 0], "b.ts": [1, null, null, null] } },
    });
    expect(walk.changes).toHaveLength(1);
    expect(Object.keys(walk.changes[0]?.facts ?? {})).not.toEqual(expect.arrayContaining(["ndev"]));
    expect(walk.changes[0]?.facts).toMatchObject({ la: 1, ld: 1, lt: 1 });
    expect(walk.changes[0]?.facts.churn).toBeUndefined();
  });

  it("no commit at all is said", async () => {
    await expect(walked(emptyCheckout(), { head: "HEAD" })).rejects.toMatchObject({
      reasonCode: "no-commits",
    });
  });
});

describe("a walk that was broken off", () => {
  async function sample(changes = 9): Promise<Checkout> {
    const checkout = emptyCheckout();
    for (let number = 0; number < changes; number += 1) {
      if (number === 4) checkout.git("mv", "src/0.ts", "src/moved.ts");
      checkout.change(
        {
          [`src/${number % 3}.ts`]: lines(`call(${number});`, `other(${number % 2});`),
          "a.md": `${number}\n`,
        },
        { message: number % 2 ? `Fix ${number}` : `Add ${number}`, author: `Person ${number % 4}` },
      );
    }
    return checkout;
  }

  it("goes on where it was, and tells the same to the byte", async () => {
    const checkout = await sample();
    const want = JSON.stringify(await walked(checkout));
    for (let behind = 1; behind < 9; behind += 1) {
      const checkpoint = temporaryFolder();
      await walked(checkout, { checkpoint, checkpointEvery: 2, head: `main~${behind}` });
      // Written down, but not yet told of, when it was broken off.
      appendFileSync(join(checkpoint, "changes.jsonl"), '{"commit":"half');
      const notes: string[] = [];
      const onNote = (note: string) => notes.push(note);
      expect(JSON.stringify(await walked(checkout, { checkpoint, onNote }))).toBe(want);
      expect(JSON.stringify(await walked(checkout, { checkpoint, onNote }))).toBe(want);
      expect(notes).toEqual([]);
    }
  });

  it("goes on also where its process was killed", async () => {
    const checkout = await sample(60);
    const want = JSON.stringify(await walked(checkout));
    const checkpoint = temporaryFolder();
    const from = (path: string) => JSON.stringify(new URL(`../../../adapters/${path}`, import.meta.url).href);
    const code = `
      const { walkHistory } = await import(${from("git/walk.ts")});
      const { gitRepository } = await import(${from("git/repository.ts")});
      const repository = gitRepository(${JSON.stringify(checkout.folder)});
      const rules = ${JSON.stringify(rules)};
      await walkHistory({ repository, head: "main", rules, checkpoint: ${JSON.stringify(checkpoint)}, checkpointEvery: 1 });`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", code], { stdio: "ignore" });
    const ended = once(child, "close");
    while (!existsSync(join(checkpoint, "state.jsonl")) && child.exitCode === null) await setTimeout(2);
    child.kill("SIGKILL");
    await ended;
    const kept = JSON.parse(readFileSync(join(checkpoint, "state.jsonl"), "utf8").split("\n", 1)[0] ?? "");
    expect(kept.commits).toBeGreaterThan(0);
    expect(kept.commits).toBeLessThan(60);
    const resumed = await walked(checkout, { checkpoint, onNote: (note) => expect.unreachable(note) });
    expect(JSON.stringify(resumed)).toBe(want);
  });

  it("does not believe what is damaged, of other rules or of another history", async () => {
    const checkout = await sample();
    const want = JSON.stringify(await walked(checkout));
    const damages: [string, (folder: string) => void][] = [
      [
        "damaged",
        (folder) => rewrite(join(folder, "state.jsonl"), (text) => text.replace('"touched"', '"past"')),
      ],
      ["damaged", (folder) => rewrite(join(folder, "state.jsonl"), (text) => text.slice(0, -40))],
      [
        "damaged",
        (folder) => rewrite(join(folder, "changes.jsonl"), (text) => text.replace(/"la":\d/, '"la":9')),
      ],
      ["damaged", (folder) => rewrite(join(folder, "changes.jsonl"), (text) => text.slice(0, 100))],
    ];
    for (const [word, damage] of damages) {
      const checkpoint = temporaryFolder();
      await walked(checkout, { checkpoint });
      damage(checkpoint);
      const notes: string[] = [];
      const again = await walked(checkout, { checkpoint, onNote: (note) => notes.push(note) });
      expect(notes).toEqual([expect.stringContaining(word)]);
      expect(JSON.stringify(again)).toBe(want);
    }
    const checkpoint = temporaryFolder();
    const notes: string[] = [];
    const onNote = (note: string) => notes.push(note);
    await walked(checkout, { checkpoint });
    await walked(checkout, {
      checkpoint,
      onNote,
      rules: { ...rules, weights: { ...policy.weights, counted: ["a.md"] } },
    });
    checkout.git("checkout", "-q", "--orphan", "other");
    checkout.change({ "z.ts": "1\n" });
    await walked(checkout, { checkpoint, onNote, head: "other" });
    expect(notes).toEqual([expect.stringContaining("other rules"), expect.stringContaining("other rules")]);
    await walked(checkout, { checkpoint, onNote });
    expect(notes.at(-1)).toContain("another history");
  });
});

it("takes a clock of any number for one within the calendar", async () => {
  const checkout = emptyCheckout();
  const first = checkout.change({ "a.ts": "1\n" });
  checkout.write("a.ts", "2\n");
  checkout.git("add", "-A");
  const stamp = "Ada <ada@example.com> 99999999999999 +0000";
  const header = `tree ${checkout.git("write-tree")}\nparent ${first}\nauthor ${stamp}\ncommitter ${stamp}`;
  const made = checkout.gitWithInput(`${header}\n\nFar\n`, "hash-object", "-t", "commit", "-w", "--stdin");
  checkout.git("update-ref", "refs/heads/main", made);
  const walk = await walked(checkout);
  expect(new Date(changeOf(walk, made).at * 1000).toISOString()).toBe("9999-12-31T23:59:59.000Z");
  const summary = await gitHistory({ repository: checkout.repository, base: "main", rules: {} });
  expect(parseHistory(JSON.stringify(summary))).toHaveProperty("summary");
});

function rewrite(path: string, edit: (text: string) => string): void {
  writeFileSync(path, edit(readFileSync(path, "utf8")));
}
