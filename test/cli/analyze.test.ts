import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noEffect, rolloutOf, steadyWorld } from "../../bench/analyze/world.ts";
import { verdict } from "../../core/analysis/verdict.ts";
import { adaptiveDeploy, commanded } from "./command.ts";

const folder = mkdtempSync(join(tmpdir(), "analyze-"));
const harmful = rolloutOf(steadyWorld, 1, "harmful", { ...noEffect, errors: 4 });

beforeAll(() => {
  writeFileSync(join(folder, "harmful.jsonl"), `${JSON.stringify(harmful)}\n`);
  writeFileSync(join(folder, "pretty.json"), JSON.stringify(harmful, null, 2));
  writeFileSync(join(folder, "two.jsonl"), `${JSON.stringify(harmful)}\n${JSON.stringify(harmful)}\n`);
  const nulls =
    harmful.metrics.error_ratio?.kind === "ratio"
      ? harmful.metrics.error_ratio.baseline.total.map(() => null)
      : [];
  const silent = { total: nulls, bad: nulls };
  const metrics = { error_ratio: { kind: "ratio", worse: "higher", baseline: silent, candidate: silent } };
  writeFileSync(join(folder, "silent.jsonl"), JSON.stringify({ id: "silent", window_seconds: 120, metrics }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("analyze of a recording", () => {
  it("prints the verdict, writes every document and says by its exit code to take it back", async () => {
    const { code, out, note } = await commanded(["analyze", "--measurements", "harmful.jsonl"], folder);
    expect(code).toBe(2);
    expect(out).toContain("Roll back · error_ratio");
    expect(note).toContain("report.html");
    expect(readdirSync(join(folder, "verdict")).sort()).toEqual([
      "measurements.json",
      "plots",
      "report.html",
      "verdict.json",
      "verdict.md",
    ]);
    const written = verdict.parse(JSON.parse(readFileSync(join(folder, "verdict/verdict.json"), "utf8")));
    expect(written).toMatchObject({ verdict: "rollback", baseline: { kind: "given" }, window_seconds: 120 });
    expect(JSON.parse(readFileSync(join(folder, "verdict/measurements.json"), "utf8"))).toEqual(harmful);
  });

  it("prints the same verdict of a document over several lines, and of standard input, as JSON", async () => {
    const words = ["analyze", "--json", "--out", "other", "--fail-on", "never"];
    const first = await commanded([...words, "--measurements", "pretty.json"], folder);
    expect(first.code).toBe(0);
    const input = readFileSync(join(folder, "harmful.jsonl"), "utf8");
    const second = adaptiveDeploy([...words, "--measurements", "-"], { folder, input });
    expect(second.out).toBe(first.out);
    expect(verdict.parse(JSON.parse(first.out)).verdict).toBe("rollback");
  });

  it("never promotes what nobody measured", async () => {
    const words = ["analyze", "--measurements", "silent.jsonl", "--json", "--fail-on", "hold"];
    const { code, out } = await commanded(words, folder);
    expect(JSON.parse(out)).toMatchObject({ verdict: "hold", reason_code: "no-data" });
    expect(code).toBe(3);
  });

  it.each([
    [["--measurements", "none.jsonl"], 65, "none.jsonl cannot be read"],
    [["--measurements", "two.jsonl"], 65, "two.jsonl holds 2 rollouts"],
    [["--measurements", "harmful.jsonl", "--out", "harmful.jsonl"], 69, "cannot be written"],
    [[], 64, "Nothing says what is measured"],
    [
      ["--sets", "red-http", "--variables", "job=x", "--candidate", "2", "--stable", "1"],
      64,
      "Nothing says where the telemetry is",
    ],
    [["--sets", "red-htpt"], 65, "did you mean"],
    [["--sets", "red-http"], 65, "needs job"],
    [["guess"], 64, "is nothing to do"],
  ])("says in one line what is wrong with %j", async (words, code, said) => {
    const ran = await commanded(["analyze", ...words], folder);
    expect(ran.code, ran.note).toBe(code);
    expect(ran.note).toContain(said);
    expect(ran.note.trim().split("\n")).toHaveLength(1);
  });
});
