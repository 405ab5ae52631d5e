import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { gitFacts } from "../../../adapters/git/facts.ts";
import { gitHistory } from "../../../adapters/git/history.ts";
import { historySummary } from "../../../core/change/history.ts";
import { checkoutAt, emptyCheckout, plainEnvironment, temporaryFolder } from "./checkout.ts";

const day = (number: number) =>
  new Date(Date.parse("2026-01-01T00:00:00Z") + number * 86_400_000).toISOString();

describe("gitHistory", () => {
  it("summarises merged changes, newest first, as a document that fits the schema", async () => {
    const { repository, change, git } = emptyCheckout();
    change({ "src/pay/a.ts": "1\n", "package-lock.json": "{}\n" }, { at: day(0) });
    change({ "src/pay/a.ts": "1\n2\n", "src/web/b.ts": "1\n" }, { at: day(10) });
    git("tag", "-a", "v1.2.0", "-m", "release");
    git("tag", "v1");
    change({ "src/pay/a.ts": "1\n2\n3\n" }, { at: day(50), author: "renovate[bot]" });
    git("tag", "v2.0.0-rc.1");
    const summary = await gitHistory({ repository, base: "main" });
    expect(historySummary.parse(JSON.parse(JSON.stringify(summary)))).toEqual(
      JSON.parse(JSON.stringify(summary)),
    );
    expect(summary).toMatchObject({
      base: await repository.resolve("main"),
      base_at: day(50),
      sample: {
        rows: [
          [1, 1, 1, 0, 1, 0, 2],
          [0, 2, 2, 0, 2, 1, 1],
          [0, 1, 1, 0, 1, 0, 0],
        ],
      },
      typical: { people: { changes: 2, files: 1.5, additions: 1.5 }, bots: { changes: 1, additions: 1 } },
      commits_30d_complete: true,
      failures: { changes: 3, failures: 0 },
      previous_release: { name: "v1.2.0", days_before: 40 },
      days_since_rollback: null,
    });
    expect({ ...summary.commits_30d }).toEqual({ "src/pay/a.ts": 1 });
    expect({ ...summary.modules }).toEqual({
      "src/pay": { changes: 3, failures: 0 },
      ".": { changes: 1, failures: 0 },
      "src/web": { changes: 1, failures: 0 },
    });
  });

  it("takes the author behind a merge, and one row for all of its commits", async () => {
    const { repository, change, git, merge } = emptyCheckout();
    change({ "a.ts": "1\n" });
    git("checkout", "-q", "-b", "bump");
    change({ "b.ts": "1\n" }, { author: "dependabot[bot]" });
    change({ "c.ts": "1\n" }, { author: "dependabot[bot]" });
    git("checkout", "-q", "main");
    merge("bump", { author: "Ada" });
    const { sample } = await gitHistory({ repository, base: "main" });
    expect(sample.rows.map((row) => row.slice(0, 3))).toEqual([
      [1, 2, 2],
      [0, 1, 1],
    ]);
  });

  it("applies the rules of weight, of the base and of the policy", async () => {
    const { repository, change, git } = emptyCheckout();
    change({ ".gitattributes": "gen/** linguist-generated\n" });
    change({ "gen/a.ts": "1\n", "docs/a.md": "1\n", "yarn.lock": "1\n", "src/a.ts": "1\n" });
    git("mv", "src/a.ts", "src/b.ts");
    change({ "src/c.ts": "1\n2\n" });
    const { sample } = await gitHistory({ repository, base: "main", rules: { notCounted: ["docs/**"] } });
    expect(sample.rows.slice(0, 2).map((row) => row.slice(1, 3))).toEqual([
      [1, 2],
      [1, 1],
    ]);
  });

  it("measures a past change's churn as the same change was measured when it was new", async () => {
    const { repository, change } = emptyCheckout();
    const heads: string[] = [];
    for (let index = 0; index < 12; index += 1) {
      const files = { [`src/${index % 3}.ts`]: `${index}\n`, "shared.ts": `${index}\n` };
      heads.push(change(files, { at: day(index * 6) }));
    }
    const { sample } = await gitHistory({ repository, base: "main", limit: 5 });
    const measured = [];
    for (const head of heads.slice(-5).reverse()) {
      const facts = await gitFacts({ repository, base: `${head}~1`, head });
      measured.push(
        Math.max(...(facts.diff?.changed_files ?? []).map((file) => file.commits_30d ?? Number.NaN)),
      );
    }
    expect(sample.rows.map((row) => row[6])).toEqual(measured);
    expect(measured.every((churn) => churn > 1)).toBe(true);
  });

  it("knows a change that was reverted, by SHA, by number and by title", async () => {
    const { repository, change } = emptyCheckout();
    const one = change({ "one/x/a.ts": "1\n" }, { message: "first (#1)", at: day(0) });
    change({ "two/x/a.ts": "1\n" }, { message: "second (#2)", at: day(1) });
    change({ "three/x/a.ts": "1\n" }, { message: "third (#3)", at: day(2) });
    change({ "four/x/a.ts": "1\n" }, { message: "fourth (#4)", at: day(2) });
    change({ "one/x/a.ts": "0\n" }, { message: `back\n\nThis reverts commit ${one}.`, at: day(3) });
    change({ "two/x/a.ts": "0\n" }, { message: "Revert it (#5)\n\nReverts acme/shop#2", at: day(4) });
    change({ "three/x/a.ts": "0\n" }, { message: 'Revert "third (#3)" (#6)', at: day(5) });
    change({ "five/x/a.ts": "0\n" }, { message: "last", at: day(7) });
    const summary = await gitHistory({ repository, base: "main" });
    expect(summary.failures).toEqual({ changes: 8, failures: 3 });
    expect(summary.modules).toMatchObject({
      "one/x": { changes: 2, failures: 1 },
      "two/x": { changes: 2, failures: 1 },
      "three/x": { changes: 2, failures: 1 },
      "four/x": { changes: 1, failures: 0 },
    });
    expect(summary.days_since_rollback).toBe(2);
  });

  it("blames the last change to a module before a hotfix to it within seven days", async () => {
    const { repository, change } = emptyCheckout();
    change({ "src/pay/a.ts": "1\n" }, { at: day(0) });
    change({ "src/pay/a.ts": "2\n" }, { at: day(1) });
    change({ "src/web/a.ts": "1\n" }, { at: day(2) });
    change({ "src/pay/b.ts": "1\n" }, { message: "Hotfix: totals", at: day(5) });
    change({ "src/web/a.ts": "2\n" }, { message: "hotfix after long", at: day(12) });
    const summary = await gitHistory({ repository, base: "main" });
    expect(summary.failures).toEqual({ changes: 5, failures: 1 });
    expect(summary.modules).toMatchObject({ "src/pay": { failures: 1 }, "src/web": { failures: 0 } });
  });

  it("stops at its limit, and does not know churn before what it has read", async () => {
    const { repository, change } = emptyCheckout();
    for (let index = 0; index < 6; index += 1) change({ "a.ts": `${index}\n` }, { at: day(index * 100) });
    const { sample } = await gitHistory({ repository, base: "main", limit: 2 });
    expect(sample.rows).toHaveLength(2);
    expect(sample.rows.map((row) => row[6])).toEqual([1, null]);
  });

  it("leaves the edge of a shallow clone out, where everything looks added", async () => {
    const origin = emptyCheckout();
    for (let index = 0; index < 5; index += 1)
      origin.change({ [`${index}.ts`]: "1\n", "all.ts": `${index}\n` });
    const folder = join(temporaryFolder(), "clone");
    execFileSync("git", ["clone", "-q", "--depth=3", `file://${origin.folder}`, folder], {
      env: plainEnvironment,
    });
    const { repository } = checkoutAt(folder);
    const summary = await gitHistory({ repository, base: "HEAD" });
    expect(summary.sample.rows.map((row) => row[1])).toEqual([2, 2]);
    expect(summary.sample.rows.map((row) => row[6])).toEqual([null, null]);
    expect(summary.commits_30d_complete).toBe(false);
    const facts = await gitFacts({ repository });
    expect(facts.diff?.changed_files?.every((file) => file.commits_30d === undefined)).toBe(true);
  });

  it("is empty before the first commit, and leaves empty commits out", async () => {
    const { repository, change, commit } = emptyCheckout();
    const before = await gitHistory({ repository, base: "4b825dc642cb6eb9a060e54bf8d69288fbee4904" });
    expect(before.sample.rows).toEqual([]);
    expect(before.typical.people.changes).toBe(0);
    change({ "a.ts": "1\n" });
    commit();
    expect((await gitHistory({ repository, base: "main" })).sample.rows).toHaveLength(1);
  });

  it("is not taken in by messages and paths that look like the log's own form", async () => {
    const { repository, change } = emptyCheckout();
    const paths = ["\n1\t1\tx.ts", "3\t0\t", "-", "a => b", "{a => b}/c.ts"];
    change({ "a.ts": "1\n" }, { message: "x\n\n1\t1\tfake.ts\n:100644 100644" });
    change(Object.fromEntries(paths.map((path) => [path, "1\n"])));
    const { sample, commits_30d } = await gitHistory({ repository, base: "main" });
    expect(sample.rows.map((row) => row.slice(1, 3))).toEqual([
      [5, 5],
      [1, 1],
    ]);
    expect(Object.keys(commits_30d).sort()).toEqual([...paths, "a.ts"].sort());
  });
});
