import { getOctokit } from "@actions/github";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { subjectOfEvent } from "../../adapters/github/event.ts";
import { gather } from "../../adapters/github/gather.ts";
import { bundleWith } from "../../adapters/policy/own-folder.ts";
import { shippedFiles } from "../../adapters/policy/shipped.ts";
import { keepFacts } from "../../app/kept-facts.ts";
import { policyImpactSection } from "../../app/policy-impact.ts";
import { recentFacts } from "../../app/recent-facts.ts";
import type { ChangeFacts } from "../../core/change/facts.ts";
import { type Shop, startShop } from "../actions/shop.ts";
import { modelOfHistory, toldHistory } from "../core/learning/told-history.ts";
import { freshDatabase } from "../database.ts";
import type { Files } from "../emulated/small-repository.ts";
import { modelText } from "../made-model.ts";

const now = new Date("2026-03-04T10:00:00Z");
const thresholds = (from: number) =>
  `schema-version: 1\ndefaults:\n  mode: advisory\n  approval: { from: ${from} }\n`;
const folder = ".github/adaptive-deploy";
let shop: Shop;
let database: Database;
let count = 0;

beforeAll(async () => {
  shop = await startShop({ [`${folder}/thresholds-and-windows.yaml`]: thresholds(85) });
  database = await freshDatabase();
});
beforeEach(() => database.query("delete from facts"));
afterAll(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
  await database.close();
});

async function impactOf(files: Files, branch = `edit-${count++}`) {
  shop.branch(branch, files);
  const number = await shop.open(branch);
  const subject = subjectOfEvent("pull_request", await shop.pullRequest(number));
  const client = getOctokit("job", { baseUrl: shop.github.url });
  const gathered = await gather(client, subject, { now, comment: false });
  shop.github.requests.length = 0;
  const section = await policyImpactSection(subject, gathered, { client, database, now });
  return { section: section?.text ?? "", gathered };
}

const sized = (additions: number, change: ChangeFacts["change"]): ChangeFacts => ({
  schema_version: 1,
  change,
  diff: { additions, deletions: 0, files: 3, directories: 2, entropy: 0.5 },
});
const record = (sha: string, facts: ChangeFacts) =>
  keepFacts(database, { repository: "acme/shop", sha, facts });

describe("a pull request that edits the policy", () => {
  test("is told how the changes that were decided here would be answered, by names that cannot format", async () => {
    await record("a", sized(900, { pull_request: 1, title: "A large one" }));
    await record("b", sized(1, { pull_request: 2, title: "Pay @everyone **now** | x" }));
    const { section } = await impactOf({ [`${folder}/thresholds-and-windows.yaml`]: thresholds(5) });
    expect(section).toContain(
      "The policy of `main` decided here; once merged, the edit decides what follows.",
    );
    expect(section).toContain("of the last 2 changes decided here, 1 is answered differently.");
    expect(section).toMatch(/\| [a-z-]+ · approval \| 0 \(0 %\) \| \*\*1 \(50 %\)\*\* \|/u);
    expect(section).toContain("| `#2` Pay `@everyone` \\*\\*now\\*\\* \\| x |");
    expect(section).not.toContain("A large one");
  });

  test("hears of every fault with file, line and column, and of a file that no bundle has", async () => {
    const { section, gathered } = await impactOf({
      [`${folder}/thresholds-and-windows.yaml`]: "schema-version: 1\ndefaults:\n  aproval: { from: 20 }\n",
      [`${folder}/thresholds.yaml`]: "schema-version: 1\n",
    });
    expect(section).toContain("Refused: until this is mended, every decision would fail");
    expect(section).toContain(`- \`${folder}/thresholds-and-windows.yaml:3:3\` unknown key "aproval"`);
    expect(section).toContain(`- \`${folder}/thresholds.yaml\` is not a file of a policy bundle`);
    // The head's policy is shown and never decides.
    expect(gathered.policy.thresholds.defaults.approval?.from).toBe(85);
  });

  test("is told what a new model would answer, however long its file is", async () => {
    await record("a", sized(900, { pull_request: 1, title: "Retry refunds" }));
    await record("b", { ...sized(1, { pull_request: 2 }), diff: { files: 3 } });
    const splits = { la: { at: 50, below: -3, above: 5.5 } };
    const { section, gathered } = await impactOf({
      [`${folder}/thresholds-and-windows.yaml`]:
        "schema-version: 1\ndefaults: { model: { state: enforced, enforce-when: { releases: 20 } } }\n",
      [`${folder}/model.json`]: modelText({ splits }) + " ".repeat(600_000),
    });
    expect(section).toContain("of the last 2 changes decided here, 1 is answered differently.");
    expect(section).toContain("Of 1 the model says nothing (model-unknowns), and the weights answer.");
    expect(section).toContain("| `#1` Retry refunds | 90 → rank 95 | blue-green · approval → canary |");
    expect(gathered.policy.model).toBeUndefined();
  });

  test("hears of a model that cannot be read, without which the policy decides all the same", async () => {
    await record("a", sized(900, { pull_request: 1 }));
    const { section } = await impactOf({ [`${folder}/model.json`]: "{" });
    expect(section).toContain(
      `**To be mended: until then the model does not speak:** \`${folder}/model.json\``,
    );
    expect(section).toContain("of the last 1 change decided here, none is answered differently.");
  });

  test("hears of a fault of the configuration, and of a folder that is not there", async () => {
    const configuration = ".github/adaptive-deploy.yml";
    const misspelt = await impactOf({ [configuration]: "schema-version: 1\npolcy: regulated\n" });
    expect(misspelt.section).toContain(
      `\`${configuration}:2:1\` unknown key "polcy"; did you mean "policy"?`,
    );
    const nowhere = await impactOf({ [configuration]: "schema-version: 1\npolicy: policies/none\n" });
    expect(nowhere.section).toContain("is neither a shipped bundle");
    const outside = await impactOf({ [configuration]: "schema-version: 1\npolicy: ../../secrets\n" });
    expect(outside.section).toContain("is not a path inside the repository");
  });

  test("may take a shipped bundle or none at all", async () => {
    await record("a", sized(900, { pull_request: 1 }));
    const shipped = await impactOf({
      ".github/adaptive-deploy.yml": "schema-version: 1\npolicy: regulated\n",
    });
    expect(shipped.section).toContain("of the last 1 change decided here");
    const removed = await impactOf({ [`${folder}/thresholds-and-windows.yaml`]: null });
    expect(removed.section).toContain("Nothing is left of the policy");
  });

  test("that cannot change an answer says so, and without a record says that too", async () => {
    const edit = { [`${folder}/policy-metadata.md`]: "---\nname: shop\nversion: 1.0.0\nowner: ben\n---\n" };
    expect((await impactOf(edit)).section).toContain("No decision is recorded here yet");
    await record("a", sized(9, { pull_request: 1 }));
    expect((await impactOf(edit)).section).toContain(
      "of the last 1 change decided here, none is answered differently",
    );
  });
});

describe("a pull request that brings a model", () => {
  const large = 200;
  const small = 2;
  const recordBoth = async () => {
    await record("a", { ...sized(large, { pull_request: 1, title: "A large one" }), kinds: {} });
    await record("b", sized(small, { pull_request: 2, title: "A small one" }));
  };
  const model = `${JSON.stringify(modelOfHistory(toldHistory(400)))}\n`;
  const enforced = (from: number) => `${thresholds(from)}  model: { state: enforced }\n`;

  test("in shadow changes no answer, and enforced those that it says", async () => {
    await recordBoth();
    const files = { [`${folder}/model.json`]: model, [`${folder}/model-card.md`]: "# Card\n" };
    const shadow = await impactOf(files);
    expect(shadow.section).toContain("of the last 2 changes decided here, none is answered differently");
    const { section } = await impactOf({
      ...files,
      [`${folder}/thresholds-and-windows.yaml`]: enforced(85),
    });
    expect(section).toContain("answered differently");
    expect(section).toMatch(/\| \d+ → rank \d+ \|/u);
  });

  test("that is none is told so, and every decision goes on without", async () => {
    await recordBoth();
    const { section } = await impactOf({ [`${folder}/model.json`]: "{}" });
    expect(section).toContain(`${folder}/model.json`);
  });

  test("an edit of bands is replayed under the model that is merged", async () => {
    await recordBoth();
    const own = { folder, files: new Map([["thresholds-and-windows.yaml", enforced(85)]]) };
    const branch = `edit-${count++}`;
    const bands = "[{ up-to: 100, strategy: canary }]";
    shop.branch(branch, {
      [`${folder}/model.json`]: model,
      [`${folder}/thresholds-and-windows.yaml`]: `${thresholds(85)}  model: { state: enforced, bands: ${bands} }\n`,
    });
    const subject = subjectOfEvent("pull_request", await shop.pullRequest(await shop.open(branch)));
    const client = getOctokit("job", { baseUrl: shop.github.url });
    const gathered = await gather(client, subject, { now, comment: false });
    const policy = bundleWith(own, { "model.json": model });
    const section = await policyImpactSection(subject, { ...gathered, policy }, { client, database, now });
    expect(section?.text).toMatch(/rank \d+ → rank \d+/u);
  });
});

describe("a hostile policy", () => {
  test("of 5 MB is refused with a sentence, and at once", async () => {
    const { section } = await impactOf({
      [`${folder}/guardrails.rules`]: "# a rule\n".repeat(580_000),
      [`${folder}/calendar.yaml`]: `schema-version: 1\n${"# x\n".repeat(80_000)}`,
    });
    expect(section).toContain(
      `\`${folder}/guardrails.rules\` the file is 5098 KiB; at most 256 KiB are read.`,
    );
    expect(section).toContain(`\`${folder}/calendar.yaml\` the file is 313 KiB`);
    expect(shop.github.requests.length).toBeLessThanOrEqual(2);
  });

  test("of as many rules as are read is given up on after a while, and other work goes on meanwhile", async () => {
    const rules = Array.from(
      { length: 980 },
      (_, index) => `rule "r${index}": when risk_score >= 1 and diff.additions > ${index} then block\n`,
    );
    for (let index = 0; index < 220; index++)
      await record(`sha${index}`, sized(index, { pull_request: index + 1, title: "x".repeat(300) }));
    let turns = 0;
    const timer = setInterval(() => turns++, 5);
    const began = performance.now();
    const { section } = await impactOf({
      [`${folder}/guardrails.rules`]: `${shippedFiles("default")?.get("guardrails.rules")}\n${rules.join("")}`,
    });
    clearInterval(timer);
    expect(performance.now() - began).toBeLessThan(10_000);
    const told = [/of the last (\d+) changes decided here/u, /no time for (\d+) more/u];
    expect(told.reduce((sum, words) => sum + Number(words.exec(section)?.[1] ?? 0), 0)).toBe(200);
    expect(turns).toBeGreaterThan(5);
    expect(section.length).toBeLessThan(20_000);
  });
});

test("a GitHub that does not answer leaves a sentence, and the decision stands", async () => {
  shop.branch("unread", { [`${folder}/thresholds-and-windows.yaml`]: thresholds(6) });
  const subject = subjectOfEvent("pull_request", await shop.pullRequest(await shop.open("unread")));
  const client = getOctokit("job", { baseUrl: shop.github.url });
  const gathered = await gather(client, subject, { now, comment: false });
  const unreachable = getOctokit("job", { baseUrl: "http://127.0.0.1:9" });
  const section = await policyImpactSection(subject, gathered, { client: unreachable, database, now });
  expect(section).toMatchObject({ refused: false });
  expect(section?.text).toContain("could not be looked up: GitHub could not be reached");
});

test("a pull request that leaves the policy alone is asked nothing more", async () => {
  const { section } = await impactOf({ "src/pay.ts": "export const pay = 2;\n" });
  expect(section).toBe("");
  expect(shop.github.requests).toEqual([]);
});

test("of each pull request only the latest facts count, and those that fit the schema", async () => {
  await record("old", sized(1, { pull_request: 7 }));
  await record("new", sized(2, { pull_request: 7 }));
  await record("other", sized(3, {}));
  await database.query("update facts set received_at = '2026-01-01' where sha = 'old'");
  await database.query(
    "insert into facts (repository, sha, source, trusted, body) values ('acme/shop', 'x', 'decision', true, '{\"schema_version\":9}')",
  );
  await database.query(
    "insert into facts (repository, sha, source, trusted, body) values ('acme/shop', 'y', 'collect', true, '{\"schema_version\":1}')",
  );
  const lines = (await recentFacts(database, "acme/shop", 10)).map((facts) => facts.diff?.additions);
  expect(lines.toSorted()).toEqual([2, 3]);
  expect(await recentFacts(database, "acme/elsewhere", 10)).toEqual([]);
});
