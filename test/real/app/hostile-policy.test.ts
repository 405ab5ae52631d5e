import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { asksApproval, type Shops, startShops } from "../../app/shops.ts";
import { commitFiles, type Files } from "../../emulated/small-repository.ts";

/** A default branch with a policy that nobody can read, or that was made to hurt: it is said, and others go on. */

const folder = ".github/adaptive-deploy";
const thresholds = `${folder}/thresholds-and-windows.yaml`;
const configuration = ".github/adaptive-deploy.yml";
const bomb = [
  "schema-version: 1",
  'a: &a ["x","x","x","x","x","x","x","x","x"]',
  ..."bcdefghi"
    .split("")
    .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefgh"[index]}`).join(",")}]`),
].join("\n");

const rows: [string, Files, RegExp][] = [
  ["five-megabyte-rules", { [`${folder}/guardrails.rules`]: "# a rule\n".repeat(580_000) }, /too large/],
  ["five-megabyte-yaml", { [thresholds]: `schema-version: 1\n${"# x\n".repeat(1_300_000)}` }, /too large/],
  [
    "five-megabyte-configuration",
    { [configuration]: `schema-version: 1\n${"# x\n".repeat(1_300_000)}` },
    /too large/,
  ],
  ["just-too-large", { [thresholds]: `schema-version: 1\n${"# x\n".repeat(80_000)}` }, /at most 256 KiB/],
  ["bomb", { [thresholds]: bomb }, /alias/i],
  [
    "deep",
    { [thresholds]: `schema-version: 1\ndefaults: ${"[".repeat(20_000)}` },
    /thresholds-and-windows\.yaml/,
  ],
  ["no-yaml", { [thresholds]: "schema-version: 1\ndefaults: [\n" }, /thresholds-and-windows\.yaml/],
  [
    "elsewhere",
    { [configuration]: "schema-version: 1\npolicy: http://169.254.169.254/latest\n" },
    /not a path inside/,
  ],
  ["above", { [configuration]: "schema-version: 1\npolicy: ../../etc\n" }, /not a path inside/],
  [
    "hostile",
    { [thresholds]: 'schema-version: 1\n"@maria <img src=x> [a](http://a.example)": 1\n' },
    /thresholds-and-windows/,
  ],
];

let shops: Shops;
beforeAll(async () => {
  const many = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, index) => [`src/file-${index}.ts`, "1\n"]),
  );
  shops = await startShops(["calm"], {
    own: {
      ...Object.fromEntries(rows.map(([owner, files]) => [owner, { files }])),
      many: { files: asksApproval, change: many },
      mended: { files: { [thresholds]: "schema-version: 1\ndefaults: [\n" } },
    },
  });
});
afterAll(async () => {
  expect(shops.github.violations()).toEqual([]);
  await shops.close();
});

const told = (owner: string): Promise<string> =>
  vi.waitFor(
    () => {
      const [check, ...more] = shops.checks(owner);
      expect(check).toMatchObject({ status: "completed", conclusion: "action_required" });
      expect(more).toEqual([]);
      return check?.summary ?? "";
    },
    { timeout: 60_000, interval: 20 },
  );

describe("a policy that cannot be read is said in the check, once", () => {
  test.each(rows)("%s", async (owner, _files, says) => {
    await shops.pull(owner);
    await shops.pull("calm", "reopened");
    const summary = await told(owner);
    expect(summary).toMatch(says);
    expect(summary).toContain("The policy cannot be read");
    expect(summary.length).toBeLessThan(65_000);
    expect(summary).not.toMatch(/<img|(^|[^`\\\w])@maria(?!`)|(?<!\\)\[[^\]]*\]\(http/);
    expect(shops.comments(owner)).toEqual([]);
    expect(shops.decisions.filter(({ subject }) => subject.repository === `${owner}/shop`)).toEqual([]);
    await shops.decided("calm", 1);
    // Whoever asks again gets the same check, not a second one.
    await shops.pull(owner, "reopened");
    await shops.pull("calm", "reopened");
    await told(owner);
    expect((await fetch(`${shops.appUrl}/health/live`)).status).toBe(200);
  });
});

test("a policy that was mended decides again, in the same check", async () => {
  await shops.pull("mended");
  await told("mended");
  commitFiles(shops.folder("mended"), "Mend", asksApproval);
  await shops.pull("mended", "reopened");
  await shops.decided("mended");
  expect(shops.checks("mended")).toHaveLength(1);
  expect(shops.checks("mended")[0]?.summary).not.toContain("cannot be read");
});

test("10,000 changed files are decided on, and what GitHub did not list is unknown", async () => {
  await shops.pull("many");
  const decision = await shops.decided("many");
  expect(decision.needs_approval).toBe(true);
  const [comment = ""] = shops.comments("many");
  expect(comment).toContain("counts are lower bounds");
  expect(comment.length).toBeLessThan(65_536);
});
