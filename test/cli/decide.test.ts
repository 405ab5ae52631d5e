import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { decisionDocument } from "../../core/decision/shape.ts";
import { adaptiveDeploy, commanded, repositoryWithChange } from "./command.ts";

const plain = repositoryWithChange();
afterAll(() => plain.dispose());

const decide = (...words: string[]) => commanded(["decide", ...words], plain.folder);
const decided = async (...words: string[]) =>
  decisionDocument.parse(JSON.parse((await decide("--json", ...words)).out));

describe("decide in a checkout with nothing configured", () => {
  test("says score, strategy and answer, and exits 0", () => {
    const { code, out, note } = adaptiveDeploy(["decide"], { folder: plain.folder });
    expect([code, note]).toEqual([0, ""]);
    expect(out).toMatch(/^\d+ \/ 100 · \w+ → \w+/);
    expect(out).toContain("Too little history (1)");
  });

  test("prints the document", async () => {
    expect(await decided()).toMatchObject({
      subject: { kind: "change", head: plain.git("rev-parse", "HEAD"), base: plain.git("rev-parse", "main") },
      environment: "production",
      mode: "advisory",
      policy_version: { name: "default", commit: "shipped" },
      recorded: false,
      actor: "ada",
    });
  });

  test("equal commits give equal bytes but for the moment", async () => {
    const now = ["--now", "2026-01-31T09:30:00Z"];
    expect((await decide("--json", ...now)).out).toBe((await decide("--json", ...now)).out);
    expect((await decided(...now)).decision_id).toBe((await decided()).decision_id);
  });

  test("prints Markdown, and writes the document and the picture", async () => {
    const [out, svg] = [join(plain.folder, ".git/decision.json"), join(plain.folder, ".git/decision.svg")];
    const { code, out: markdown } = await decide("--markdown", "--out", out, "--svg", svg);
    const document = decisionDocument.parse(JSON.parse(readFileSync(out, "utf8")));
    expect(code).toBe(0);
    expect(markdown).toContain(`${document.risk_score} / 100`);
    expect(readFileSync(svg, "utf8")).toMatch(/^<svg /);
  });

  test("only commits count, and what is left out is named", async () => {
    const other = repositoryWithChange();
    const before = await commanded(["decide", "--json"], other.folder);
    other.write("src/b.ts", "export {};\n".repeat(500));
    const after = await commanded(["decide", "--json"], other.folder);
    other.dispose();
    expect(JSON.parse(after.out).decision_id).toBe(JSON.parse(before.out).decision_id);
    expect(after.note).toContain("src/b.ts");
  });

  test.each<[string, string[], number, RegExp]>([
    ["a base that is not there", ["--base", "nowhere"], 65, /There is no commit "nowhere"/],
    ["a base that looks like an option", ["--base=--all"], 65, /There is no commit "--all"/],
    ["a folder that is no repository", ["--repo", "/"], 65, /git|repository/i],
    [
      "a policy that is nowhere",
      ["--policy", "strict"],
      65,
      /neither a shipped bundle \(default, firmware, regulated\)/,
    ],
    ["a policy that is misspelt", ["--policy", "regulted"], 65, /did you mean "regulated"\?/],
    ["a moment that is none", ["--now", "noon"], 64, /--now is "noon"/],
    ["an output without a folder", ["--out", "no/such/folder.json"], 69, /cannot be written/],
    ["inputs that are not there", ["--inputs", "none.json"], 65, /none\.json cannot be read/],
    ["a record without a ledger", ["--record"], 65, /--record needs a ledger/],
    ["a flag of the workflow", ["--comment"], 64, /unknown flag --comment/],
  ])("%s: a clear error", async (_, words, exitCode, message) => {
    const { code, note } = await decide(...words);
    expect(note).toMatch(message);
    expect(code).toBe(exitCode);
    expect(note).not.toMatch(/\n\s+at |bug of ours/);
  });
});

const folder = ".github/adaptive-deploy";
const thresholds = (text: string) => `schema-version: 1\ndefaults:\n  approval: { from: 1 }\n${text}`;

describe("modes and exit codes", () => {
  test.each<[string, string, string[], number]>([
    ["advisory, an approval", "", [], 0],
    ["advisory, an approval, fail-on needs-approval", "", ["--fail-on", "needs-approval"], 3],
    ["enforced, an approval", "  mode: enforced\n", [], 3],
    ["enforced by the flag", "", ["--mode", "enforced"], 3],
    [
      "the flag cannot weaken the policy",
      "  mode: enforced\n",
      ["--mode", "shadow", "--fail-on", "never"],
      3,
    ],
    ["shadow", "  mode: shadow\n", ["--fail-on", "needs-approval"], 0],
    ["advisory, blocked", "  required-facts: [coverage.delta]\n", ["--fail-on", "never"], 0],
  ])("%s", async (_, text, words, exitCode) => {
    const checkout = repositoryWithChange({ [`${folder}/thresholds-and-windows.yaml`]: thresholds(text) });
    const { code, note } = await commanded(["decide", ...words], checkout.folder);
    checkout.dispose();
    expect([note, code]).toEqual(["", exitCode]);
  });

  test("a freeze of the calendar blocks at its time, and 2 is the answer", async () => {
    const calendar = `schema-version: 1
time-zone: UTC
freezes:
  - { name: fair, from: 2026-03-01, to: 2026-03-05 }
`;
    const checkout = repositoryWithChange({ [`${folder}/calendar.yaml`]: calendar });
    const at = (now: string, ...words: string[]) =>
      commanded(["decide", "--now", now, ...words], checkout.folder);
    const during = await at("2026-03-03T12:00:00Z");
    expect([during.code, during.out]).toEqual([2, expect.stringContaining('The freeze "fair" is in force.')]);
    expect((await at("2026-03-03T12:00:00Z", "--fail-on", "never")).code).toBe(0);
    expect((await at("2026-03-06T00:00:00Z")).code).toBe(0);
    checkout.dispose();
  });

  test("the policy that counts is the base's, not the head's", async () => {
    const checkout = repositoryWithChange();
    const lenient = thresholds("  mode: enforced\n");
    checkout.change(
      { [`${folder}/thresholds-and-windows.yaml`]: lenient },
      { message: "Ask for everything" },
    );
    const { code, out } = await commanded(["decide"], checkout.folder);
    checkout.dispose();
    expect(code).toBe(0);
    expect(out).toContain("This change edits the policy itself; the policy of the base decided here.");
  });

  test("the configuration says where changes go, and the flag wins", async () => {
    const configuration = "schema-version: 1\nenvironment: staging\n";
    const checkout = repositoryWithChange({ ".github/adaptive-deploy.yml": configuration });
    const environmentOf = async (...words: string[]) =>
      JSON.parse((await commanded(["decide", "--json", ...words], checkout.folder)).out).environment;
    expect([await environmentOf(), await environmentOf("--environment", "canary-land")]).toEqual([
      "staging",
      "canary-land",
    ]);
    checkout.dispose();
  });

  test("a policy with a fault is an error with file, line and column", async () => {
    const checkout = repositoryWithChange({
      [`${folder}/guardrails.rules`]: 'rule "a": when risk_score > 0.7 then block\n',
    });
    const { code, note } = await commanded(["decide"], checkout.folder);
    checkout.dispose();
    expect(code).toBe(65);
    expect(note).toMatch(/guardrails\.rules:1:\d+: risk_score is 0–100; did you mean 70\?/);
  });
});
