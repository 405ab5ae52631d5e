import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noEffect, rolloutOf, steadyWorld } from "../../bench/analyze/world.ts";
import { adaptiveDeploy, commanded } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "tune-"));
const world = { ...steadyWorld, windows: 6 };
const past = Array.from({ length: 10 }, (_, index) => rolloutOf(world, index + 1, `past ${index}`));
const lines = past.map((rollout) => JSON.stringify(rollout)).join("\n");

beforeAll(() => {
  writeFileSync(join(folder, "past.jsonl"), lines);
  writeFileSync(join(folder, "torn.jsonl"), `${lines}\n${lines.slice(0, 200)}`);
  writeFileSync(join(folder, "few.jsonl"), JSON.stringify(past[0]));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("tune", () => {
  test("prints the trade-off, writes a report and says how far it is", async () => {
    const words = ["--history", "torn.jsonl", "--false-alarms", "2", "--out", "tuning"];
    const { code, out, note } = await commanded(["analyze", "tune", ...words], folder);
    expect(code).toBe(0);
    expect(out).toContain("10 past rollouts: 10 completed.");
    expect(out).toContain("at 2 % (policy)");
    expect(out).toContain("Kayenta's judge");
    expect(note).toContain("fold 5 of 5");
    expect(note).toContain("torn.jsonl:11 ends in the middle of a rollout");
    expect(readdirSync(join(folder, "tuning")).sort()).toEqual([
      "report.html",
      "tuning.json",
      "tuning.md",
      "tuning.svg",
    ]);
    expect(readFileSync(join(folder, "tuning/tuning.md"), "utf8")).toContain("| at 2 % (policy) |");
    expect(JSON.parse(readFileSync(join(folder, "tuning/tuning.json"), "utf8"))).toMatchObject({
      schema_version: 1,
      rollouts: { total: 10 },
    });
  });

  test("asks for enough rollouts, and for rates that are some", async () => {
    const few = await commanded(["tune", "--history", "few.jsonl"], folder);
    expect(few.code).not.toBe(0);
    expect(few.note).toContain("too few to judge each by the others");
    const odd = await commanded(["tune", "--history", "past.jsonl", "--false-alarms", "2,x"], folder);
    expect(odd.note).toContain('--false-alarms "2,x"');
    expect((await commanded(["tune", "--history", "none.jsonl"], folder)).note).toContain("none.jsonl");
  });
});

test("judge --judge kayenta judges as Kayenta does, whatever policy says", () => {
  const harmful = rolloutOf({ ...world, windows: 12 }, 1, "harmful", { ...noEffect, latency: 3 });
  const input = `${JSON.stringify(harmful)}\n${JSON.stringify(past[0])}\n`;
  const { code, out } = adaptiveDeploy(["judge", "--judge", "kayenta"], { input });
  expect(code).toBe(0);
  const [first, second] = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(first).toMatchObject({ id: "harmful", verdict: "rollback", at_window: 5 });
  expect(second.reason).toContain("Kayenta's judge");
});
