import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { changesCsv } from "../../core/learning/changes-csv.ts";
import { type Checkout, checkoutAt, numbered } from "../adapters/git/checkout.ts";
import { past } from "../core/backtest/past.ts";
import { commanded } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "backtest-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...words: string[]) => commanded(["backtest", ...words, "--policy", "default"], folder);
const read = (name: string): string => readFileSync(join(folder, name), "utf8");
const dataset = past(1200, 2, (index) => ({ services: ["shop"], critical: index % 3 === 0 }));
writeFileSync(join(folder, "changes.csv"), changesCsv(dataset));
/** Time, lines, age and how it went; `turned` says the opposite. */
const table = (age: string, turned: boolean): string => {
  const rows = dataset.samples.map(({ at, facts, label }) =>
    [at, facts.la, facts.age, Number((label.went === "failed") !== turned)].join(","),
  );
  return `${[`at,la,${age},bug`, ...rows].join("\n")}\n`;
};
writeFileSync(join(folder, "plain.csv"), table("age", false));
/** A model of a table, as if it were from before the test. */
const trained = async (name: string, csv: string): Promise<void> => {
  writeFileSync(join(folder, "train.csv"), csv);
  const { code } = await commanded(["train", "--csv", "train.csv", "--time", "at", "--out", name], folder);
  expect(code).toBe(0);
  const model = JSON.parse(read(name));
  model.trained.to = "2020-10-01T00:00:00Z";
  writeFileSync(join(folder, name), JSON.stringify(model));
};

describe("backtest", () => {
  test("writes report, summary, document and thresholds of the table that learn writes", async () => {
    const files = ["--html", "r.html", "--markdown", "r.md", "--json", "r.json", "--out", "t.yaml"];
    const { code, out, note } = await run(
      "--csv",
      "changes.csv",
      "--quick",
      "--suggest-thresholds",
      ...files,
    );
    expect([code, note]).toEqual([0, expect.stringContaining("learning 2 of 2")]);
    expect(out).toMatch(/^Better\nA model learnt this way/);
    const document = JSON.parse(read("r.json"));
    expect(document).toMatchObject({ schema_version: 1, kind: "adaptive-deploy/backtest", quick: true });
    // As it was before it went through the table.
    expect(document.data).toMatchObject({ changes: 1200, labelled: 1200, late_labels: true });
    expect(document.tested.critical).toBeGreaterThan(50);
    expect(document.suggestions).toHaveLength(2);
    expect(read("t.yaml")).toContain("service: shop");
    expect(read("r.html")).toMatch(/^<!doctype html>/);
    expect(read("r.md")).toMatch(/^### 🟢 Backtest: better\n/u);
  });

  test("takes a plain table, and says what it does not know", async () => {
    const { code, out } = await run("--csv", "plain.csv", "--time", "at", "--quick", "--markdown", "-");
    expect(code).toBe(0);
    expect(out).toContain("all labels count as known at once");
  });

  test("judges a model of a file, and ends with 2 where it is worse", async () => {
    await trained("wrong.json", table("age", true));
    const { code, out } = await run("--csv", "plain.csv", "--time", "at", "--quick", "--model", "wrong.json");
    expect([code, out]).toEqual([
      2,
      expect.stringMatching(/^Worse\nThe new model tells failures from the rest worse/),
    ]);
  });

  test.each<[string, string[], number, string]>([
    ["a burden that rises", ["--csv", "plain.csv", "--burden", "5,20,2"], 64, "three percentages"],
    ["no table", ["--csv", "none.csv"], 65, "does not exist"],
    [
      "a label that is not there",
      ["--csv", "plain.csv", "--time", "at", "--label", "broke"],
      65,
      'no column "broke"',
    ],
    ["nothing left to test", ["--csv", "plain.csv", "--time", "at", "--from", "2030-01-01"], 65, "0 failed"],
    [
      "another model's columns",
      ["--csv", "plain.csv", "--time", "at", "--old", "other.json"],
      65,
      "columns that the history does not have: exp",
    ],
    ["no repository", ["--repo", "."], 65, "not inside a git repository"],
  ])("%s", async (_, words, code, sentence) => {
    if (words.includes("other.json")) await trained("other.json", table("exp", false));
    const ran = await run(...words);
    expect([ran.code, ran.note]).toEqual([code, expect.stringContaining(sentence)]);
  });
});

describe("of a repository", () => {
  const root = mkdtempSync(join(tmpdir(), "backtest-repository-"));
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  test("too young to prove anything, it says what is missing", async () => {
    const checkout: Checkout = checkoutAt(root);
    checkout.git("init", "-q", "-b", "main");
    for (let change = 1; change < 5; change += 1)
      checkout.change({ "src/a.ts": numbered(20 * change) }, { message: `Change ${change}` });
    const { code, note } = await commanded(["backtest", "--repo", root, "--checkpoint", "none"], folder);
    expect([code, note]).toEqual([
      65,
      expect.stringMatching(/Of \d changes of which it is known how they went 0 failed/),
    ]);
  });
});
