import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { seeded } from "../../core/stats/random.ts";
import { commanded } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const run = (...words: string[]) => commanded(words, folder);
const write = (name: string, lines: readonly string[]) =>
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`);
const read = (name: string) =>
  readFileSync(join(folder, name), "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));

const random = seeded(11);
const past = Array.from({ length: 500 }, (_, row) => {
  const added = Math.round(300 * random.uniform());
  const bug = random.uniform() < added / 400 ? 1 : 0;
  return { at: new Date(1_700_000_000_000 + row * 3_600_000).toISOString(), added, note: `"a, ${row}"`, bug };
});
const lines = past.map(
  ({ at, added, note, bug }, row) => `${at},${added},,${note},${row % 50 === 0 ? "" : bug}`,
);
write("past.csv", ["at,la,lt,note,bug", ...lines]);
const trained = run("train", "--csv", "past.csv", "--time", "at", "--label", "bug", "--out", "model.json");

describe("train and predict", () => {
  test("learns from what is known, and says what it left out", async () => {
    const { code, note } = await trained;
    expect(code).toBe(0);
    expect(note).toContain("10 changes have no label");
    expect(note).toContain("lt, note");
    expect(note).toMatch(/learnt from 490 changes, of which \d+ failed/);
  });

  test("answers line by line in the order that was given, and every part sums up", async () => {
    await trained;
    write("new.csv", ["note,at,la", "b,2026-01-02,290", "c,2026-01-01,3", "d,2026-01-03,"]);
    expect((await run("predict", "--csv", "new.csv", "--out", "scores.csv", "--explain")).code).toBe(0);
    const [head, ...rows] = read("scores.csv");
    expect(head).toEqual(["probability", "phi_la", "phi_bias"]);
    const [large = 0, small = 0, unknown = 0] = rows.map(([probability]) => Number(probability));
    expect(large).toBeGreaterThan(small + 0.2);
    expect(unknown).toBeGreaterThan(small);
    for (const row of rows) {
      const [probability = 0, ...parts] = row.map(Number);
      const odds = Math.log(probability / (1 - probability));
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(odds, 9);
    }
  });

  test("of a table without labels it takes the shipped prior, and says so", async () => {
    write("unlabelled.csv", ["at,la,bug", ...past.map(({ at, added }) => `${at},${added},`)]);
    const words = ["--csv", "unlabelled.csv", "--time", "at", "--out", "cold.json"];
    const { code, note } = await run("train", ...words);
    expect([code, note]).toEqual([0, expect.stringContaining("it goes by the shipped prior")]);
    expect(note).toContain("Too little is known of the newest changes");
    write("next.csv", ["la", "290", "3"]);
    await run("predict", "--model", "cold.json", "--csv", "next.csv", "--out", "cold.csv");
    const [, large, small] = read("cold.csv").map(([probability]) => Number(probability));
    expect(large).toBeGreaterThan((small ?? 1) + 0.1);
  });

  test("a model is kept and put right by outcomes that came after it", async () => {
    await trained;
    // Since then every change fails, however small.
    const later = Array.from({ length: 300 }, (_, row) => `${1_800_000_000 + row},${row},1`);
    write("later.csv", ["when,la,bug", ...later, "1700000000,5,0"]);
    const words = [
      "--csv",
      "later.csv",
      "--time",
      "when",
      "--recalibrate",
      "model.json",
      "--out",
      "right.json",
    ];
    const { code, note } = await run("train", ...words);
    expect([code, note]).toEqual([0, expect.stringContaining("put right by 300 outcomes that came later")]);
    write("next.csv", ["la", "290", "3"]);
    await run("predict", "--model", "right.json", "--csv", "next.csv", "--out", "right.csv");
    const [, large = 0, small = 0] = read("right.csv").map(([probability]) => Number(probability));
    expect(small).toBeGreaterThan(0.6);
    expect(large).toBeGreaterThan(small);
  });

  test.each([
    ["a table that is not there", ["train", "--csv", "none.csv"], "does not exist"],
    [
      "no time",
      ["train", "--csv", "past.csv", "--time", "when"],
      'no column "when" (--time). It has: at, la, lt',
    ],
    ["no label", ["train", "--csv", "past.csv", "--time", "at", "--label", "la"], "is no label"],
    [
      "too few failures",
      ["train", "--csv", "few.csv"],
      "1 changes failed and 1 went well; at least 10 of each",
    ],
    ["a time that is none", ["train", "--csv", "late.csv"], 'Line 3: ts is "soon"'],
    ["two columns of one name", ["train", "--csv", "twice.csv"], "Two columns are called ts"],
    ["an open quote", ["train", "--csv", "open.csv"], "no table of values between commas"],
    [
      "outcomes older than the model",
      ["train", "--csv", "past.csv", "--time", "at", "--recalibrate", "model.json"],
      "No change after 2023-12-05",
    ],
    ["a model that is not there", ["predict", "--model", "none.json", "--csv", "past.csv"], "cannot be read"],
    ["a column renamed", ["predict", "--csv", "renamed.csv"], "la (is it laa?)"],
    ["words for numbers", ["predict", "--csv", "words.csv"], "something else than numbers"],
  ])("%s is said: %j", async (_, words, said) => {
    await trained;
    write("few.csv", ["ts,size,bug", "1,2,1", "2,3,0"]);
    write("late.csv", ["ts,la,bug", "1,2,1", "soon,3,0"]);
    write("twice.csv", ["ts,ts,bug", "1,2,1"]);
    write("open.csv", ["ts,la,bug", '1,"2,1']);
    write("renamed.csv", ["laa", "1"]);
    write("words.csv", ["la", "many"]);
    const { code, note } = await run(...words);
    expect([code, note]).toEqual([65, expect.stringContaining(said)]);
  });
});
