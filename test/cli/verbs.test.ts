import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { adaptiveDeploy, commanded, repositoryWithChange } from "./command.ts";

const plain = repositoryWithChange({
  ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: file, folder: ledger }\n",
});
afterAll(() => plain.dispose());
const run = (...words: string[]) => commanded(words, plain.folder);

describe("score", () => {
  const line = (additions: number) => JSON.stringify({ schema_version: 1, diff: { files: 1, additions } });
  const scored = (input: string) => adaptiveDeploy(["score"], { input });

  test("answers line by line, with numbers that sum", () => {
    const { code, out } = scored(`${line(5)}\n\n${line(400)}`);
    const rows = out
      .trimEnd()
      .split("\n")
      .map((row) => JSON.parse(row));
    expect(code).toBe(0);
    expect(rows).toHaveLength(2);
    for (const row of rows) {
      const sum = row.contributors.reduce((total: number, one: { points: number }) => total + one.points, 0);
      expect(sum).toBeCloseTo(row.risk_score - row.reference_score, 9);
      expect(Object.keys(row)).not.toContain("gates");
      expect(row.contributors[0]).not.toHaveProperty("sentence");
    }
    expect(rows[1].risk_score).toBeGreaterThan(rows[0].risk_score);
  });

  test("facts as measured are derived first: what collect wrote can be scored", () => {
    const measured = { path: "a.ts", status: "modified", additions: 400, deletions: 0 };
    const generated = { ...measured, path: "dist/a.min.js" };
    const facts = (files: object[]) =>
      `${JSON.stringify({ schema_version: 1, diff: { changed_files: files } })}\n`;
    const [one, two] = scored(facts([measured]) + facts([generated]))
      .out.trimEnd()
      .split("\n")
      .map((row) => JSON.parse(row).risk_score);
    expect(one).toBeGreaterThan(20);
    expect(two).toBe(0);
  });

  test.each([
    ["no JSON", "{", /standard input:2 is not JSON/],
    ["an unknown field", '{"schema_version":1,"dif":{}}', /standard input:2: .*dif/],
    ["a negative count", '{"schema_version":1,"diff":{"files":-1}}', /standard input:2: diff\.files/],
    ["no schema_version", "{}", /standard input:2: schema_version/],
  ])("%s: the line and the field", (_, bad, message) => {
    const { code, note } = scored(`${line(1)}\n${bad}\n`);
    expect(code).toBe(65);
    expect(note).toMatch(message);
  });

  test("a file that is not there", async () => {
    expect(await run("score", "--inputs", "none.jsonl")).toMatchObject({ code: 65, out: "" });
  });
});

describe("collect", () => {
  test("writes documents that decide takes", async () => {
    const { code, out } = await run("collect", "--out", ".git");
    expect(code).toBe(0);
    expect(out.split("\n").filter(Boolean)).toEqual([
      join(plain.folder, ".git/risk-inputs.json"),
      join(plain.folder, ".git/build-info.json"),
    ]);
    const buildInfo = JSON.parse(readFileSync(join(plain.folder, ".git/build-info.json"), "utf8"));
    expect(buildInfo).toMatchObject({ schema_version: 1, commit: plain.git("rev-parse", "HEAD") });
    const alone = await run("decide", "--json");
    const given = await run("decide", "--json", "--inputs", ".git/risk-inputs.json");
    expect(given.code).toBe(0);
    expect(JSON.parse(given.out).risk_score).toBe(JSON.parse(alone.out).risk_score);
  });

  test("a folder that is not there is a clear error", async () => {
    const { code, note } = await run("collect", "--out", "no/such/folder");
    expect(code).toBe(69);
    expect(note).toMatch(/cannot be written/);
  });
});

describe("policy", () => {
  test("a checkout without one is told what to name, and a misspelt name what is near", async () => {
    const { code, note } = await run("policy", "check");
    expect(code).toBe(65);
    expect(note).toContain("There is no policy here (.github/adaptive-deploy); name a folder or default,");
    expect((await run("policy", "check", "regulted")).note).toContain('did you mean "regulated"?');
  });

  test.each(["default", "regulated", "firmware"])(
    "the shipped bundle %s is without fault, its cases hold",
    async (name) => {
      expect(await run("policy", "check", name)).toMatchObject({
        code: 0,
        out: `${name}: 0 problems, 0 warnings\n`,
      });
      const tested = await run("policy", "test", name);
      expect(tested.code).toBe(0);
      expect(tested.out).toMatch(/(\d+) of \1 cases hold\n$/);
    },
  );

  test("a fault is named with file, line and column, and 65 is the answer", async () => {
    const weights = join(plain.folder, ".git/bundle");
    plain.write(".git/bundle/thresholds-and-windows.yaml", "schema-version: 1\ndefaults:\n  mod: enforced\n");
    const { code, out } = await commanded(["policy", "check", weights]);
    expect(code).toBe(65);
    expect(out).toMatch(/error: thresholds-and-windows\.yaml:3:3: .*mod/);
    expect(out).toMatch(/1 problem, 0 warnings\n$/);
  });

  test("a case that does not hold says what came instead", async () => {
    const cases = `schema-version: 1
cases:
  - name: a one-line fix is blue-green
    facts: { diff: { files: 1, additions: 1, deletions: 1 } }
    expect: { strategy: blue-green, band-score: { at-least: 90 } }
`;
    plain.write(".git/cases/cases.yaml", cases);
    const { code, out } = await run("policy", "test", ".git/cases");
    expect(code).toBe(65);
    expect(out).toMatch(
      /FAIL a one-line fix is blue-green\n {7}band-score is \d+, expected at least 90\n {7}strategy is rolling/,
    );
    expect(out).toMatch(/0 of 1 cases hold\n$/);
  });

  test("impact says who moved between buckets", async () => {
    const facts = { schema_version: 1, diff: { files: 9, additions: 900, deletions: 0 } };
    writeFileSync(join(plain.folder, ".git/facts.jsonl"), `${JSON.stringify(facts)}\n`);
    const { code, out } = await run("policy", "impact", "regulated", "--facts", ".git/facts.jsonl", "--json");
    expect(code).toBe(0);
    const impact = JSON.parse(out);
    expect(impact.changes).toBe(1);
    expect(Object.values(impact.before)).toEqual([1]);
    expect(Object.values(impact.after)).toEqual([1]);
  });
});

describe("ledger", () => {
  test("what is recorded of a checkout elsewhere stands where the ledger of that checkout is read", async () => {
    const other = repositoryWithChange({
      ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: file }\n",
    });
    const decided = await run("decide", "--record", "--repo", other.folder);
    expect(decided.note).toContain(
      `Recorded as event 0 in ${join(other.folder, ".adaptive-deploy/ledger")}, stream changes.`,
    );
    const shown = await run("ledger", "export", "--repo", other.folder);
    expect(shown.out.trimEnd().split("\n")).toHaveLength(1);
    other.dispose();
  });

  test("an absolute folder is that folder, whatever the checkout", async () => {
    const ledger = join(plain.folder, "shared");
    const other = repositoryWithChange({
      ".github/adaptive-deploy.yml": `schema-version: 1\nledger: { home: file, folder: ${JSON.stringify(ledger)} }\n`,
    });
    const decided = await run("decide", "--record", "--repo", other.folder);
    expect(decided.note).toContain(`Recorded as event 0 in ${ledger}, stream changes.`);
    const shown = await run("ledger", "export", "--repo", other.folder);
    expect(shown.out.trimEnd().split("\n")).toHaveLength(1);
    other.dispose();
  });

  test("without a remote it says so in one sentence", async () => {
    const other = repositoryWithChange({});
    const { code, note } = await run("ledger", "verify", "--repo", other.folder);
    expect(code).toBe(69);
    expect(note).toMatch(/^adaptive-deploy: This checkout has no remote origin .*--remote none\.\n$/);
    other.dispose();
  });

  test("what was recorded is shown, verified and exported", async () => {
    expect(await run("decide", "--record", "--json")).toMatchObject({ code: 0 });
    const id = JSON.parse((await run("decide", "--record", "--json")).out).decision_id;
    const shown = await run("ledger", "show", "--folder", "ledger");
    expect(shown.code).toBe(0);
    expect(shown.out).toMatch(/^changes\n/);
    expect((await run("ledger", "verify", "--folder", "ledger")).code).toBe(0);
    const exported = (await run("ledger", "export", "--folder", "ledger")).out.trimEnd().split("\n");
    expect(exported.map((line) => JSON.parse(line).body.decision_id)).toEqual([id, id]);
    const none = await run("ledger", "export", "--folder", "ledger", "--since", "2999-01-01T00:00:00Z");
    expect(none.out.trim()).toBe("");
  });
});
