import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openLedger } from "../../adapters/ledgers/index.ts";
import { progressOn } from "../../cli/learn.ts";
import { modelDocument } from "../../core/model/file.ts";
import { type Checkout, checkoutAt, numbered, plainEnvironment } from "../adapters/git/checkout.ts";
import { story } from "../core/rollout/story.ts";
import { commanded } from "./command.ts";

const day = (number: number): string =>
  new Date(Date.parse("2026-01-01T00:00:00Z") + number * 86_400_000).toISOString();

const folder = mkdtempSync(join(tmpdir(), "learn-"));
const out = join(folder, "learnt");
let shop: Checkout;
let commits: Record<string, string>;
let ran: Awaited<ReturnType<typeof commanded>>;

/** Ten changes of which git knows how they went, and one that a rollout took back. */
beforeAll(async () => {
  const at = join(folder, "shop");
  execFileSync("git", ["init", "-q", "-b", "main", at], { env: plainEnvironment });
  shop = checkoutAt(at);
  const change = (title: string, when: number, files: Record<string, string>) =>
    shop.change(files, { message: title, at: day(when) });
  const first = change("Begin", 0, {
    "README.md": "# Shop\n",
    ".github/adaptive-deploy/services.yaml":
      "schema-version: 1\nservices:\n  - { name: pay, paths: [src/pay/**], criticality: critical }\n  - { name: web, paths: [src/web/**] }\n",
    ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: file, folder: ../events }\n",
  });
  const wrong = change("Count the tax", 1, { "src/pay/tax.ts": numbered(20, (line) => `${line} = wrong;`) });
  const quiet = change("Show the price", 2, { "src/web/price.ts": numbered(5) });
  const fix = change("Fix the tax", 9, { "src/pay/tax.ts": numbered(20, (line) => `${line} = right;`) });
  const taken = change("Add a banner", 10, { "src/web/banner.ts": numbered(8) });
  const revertText = `Revert "Add a banner"\n\nThis reverts commit ${taken}.`;
  const revert = change(revertText, 11, { "src/web/banner.ts": "" });
  const locked = change("Lock", 12, { "package-lock.json": numbered(50) });
  const before = change("Before the rollout", 190, { "src/pay/a.ts": numbered(3) });
  const bad = change("Charge twice", 195, {
    "src/pay/charge.ts": numbered(30),
    "src/web/charge.ts": numbered(2),
  });
  const young = change("Show the tax", 200, { "src/web/tax.ts": numbered(4) });
  commits = { first, wrong, quiet, fix, taken, revert, locked, before, bad, young };
  const ledger = openLedger("file", { folder: join(folder, "events") });
  const rollout = (number: number, commit: string) => {
    const tale = story({
      rollout: `ro_${String(number).repeat(12)}`,
      commit,
      candidate: { id: commit },
      service: "pay",
    }).later(number * 3600);
    tale.events.push({
      kind: "rollout",
      at: tale.at(),
      actor: "run",
      body: { rollout: tale.state.plan.rollout, plan: tale.state.plan },
    });
    return tale.does(2);
  };
  const good = rollout(1, before).verdict("promote").does().verdict("promote").does().concludes();
  const back = rollout(2, bad).verdict("rollback", 0, "evidence-of-harm").does().concludes();
  const events = [...good.events, ...back.events].map((event, number) => ({
    ...{ ...event, nonce: String(number).padStart(16, "0") },
  }));
  await ledger?.append("production/pay", events, null);
  ran = await learn();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const learn = () =>
  commanded(["learn", "--repo", shop.folder, "--out", out, "--now", "2026-12-24T00:00:00Z"]);
const rows = (): Record<string, string>[] =>
  parse(readFileSync(join(out, "changes.csv"), "utf8"), { columns: true });
const rowOf = (name: string) => rows().find(({ commit }) => commit === commits[name]);

describe("learn", () => {
  test("writes the model, its card, the history and every change with its label", () => {
    expect(ran.code).toBe(0);
    expect(ran.out.trim().split("\n")).toEqual(
      ["model.json", "model-card.md", "history.json", "changes.csv"].map((name) => join(out, name)),
    );
    expect(rows().map(({ commit }) => commit)).toEqual(Object.values(commits));
    expect(readFileSync(join(out, "model-card.md"), "utf8")).toMatch(/^# Model card/);
    expect(JSON.parse(readFileSync(join(out, "history.json"), "utf8"))).toMatchObject({
      base: commits.young,
    });
  });

  test.each([
    ["first", "", "merge-of-history"],
    ["wrong", "1", "fixed"],
    ["quiet", "0", "quiet"],
    ["fix", "0", "quiet"],
    ["taken", "1", "reverted"],
    ["locked", "", "nothing-counted"],
    ["before", "0", "stable"],
    ["bad", "1", "rolled-back"],
    ["young", "", "too-new"],
  ])("labels %s %o because it is %s", (name, failed, because) => {
    expect(rowOf(name)).toMatchObject({ failed, because });
  });

  test("says who blamed a change and since when, and which services it touches", () => {
    expect(rowOf("wrong")).toMatchObject({ by: commits.fix, services: "pay", critical: "1" });
    expect(Number(rowOf("wrong")?.seen_ts)).toBe(Date.parse(day(9)) / 1000);
    expect(Number(rowOf("wrong")?.known_ts)).toBe(Date.parse(day(91)) / 1000);
    expect(rowOf("bad")).toMatchObject({ by: "ro_222222222222", services: "pay web", critical: "1" });
    expect(rowOf("quiet")).toMatchObject({ by: "", services: "web", critical: "0" });
  });

  test("says in a few lines what it found, and that so little is the shipped prior", () => {
    expect(ran.note).toContain(
      "10 changes; of 7 it is known how they went, and 3 failed (1 rolled back, 1 reverted, 1 mended by a later fix).",
    );
    expect(ran.note).toContain("Left out: ");
    expect(ran.note).toContain("the model is the shipped prior");
    expect(ran.note).toContain("It stays in shadow: 7 changes of known outcome, and policy asks for 200.");
    const { trained } = modelDocument.parse(JSON.parse(readFileSync(join(out, "model.json"), "utf8")));
    expect(trained).toMatchObject({ rows: 7, failures: 3, head: commits.young, prior_share: 1 });
  });

  test("of the same history says the same, and keeps its reading in git's own folder", async () => {
    expect(existsSync(join(shop.folder, ".git/adaptive-deploy/walk/state.jsonl"))).toBe(true);
    const texts = () =>
      ["model.json", "changes.csv", "history.json"].map((name) => readFileSync(join(out, name), "utf8"));
    const before = texts();
    expect((await learn()).code).toBe(0);
    expect(texts()).toEqual(before);
    expect(shop.git("status", "--porcelain")).toBe("");
  });

  test("gives train a table that learns from facts alone", async () => {
    const model = join(folder, "trained.json");
    const csv = join(out, "changes.csv");
    const trained = await commanded([
      "train",
      "--csv",
      csv,
      "--time",
      "ts",
      "--label",
      "failed",
      "--out",
      model,
    ]);
    expect(trained.note).toContain(
      "Not learnt from, for they are no facts of a change: commit, title, effort, services, critical, because, by, known_ts, seen_ts.",
    );
    expect(trained.code).toBe(0);
    const { features } = modelDocument.parse(JSON.parse(readFileSync(model, "utf8")));
    expect(features).toContain("la");
    expect(features.filter((name) => name.endsWith("_ts") || name === "effort")).toEqual([]);
  });

  test.each([
    ["a duration that is none", ["--stable-for", "soon"], /stable-for.*soon.*duration/],
    ["deployments without a token", ["--deployments"], /GITHUB_TOKEN/],
    ["a folder that is no repository", ["--repo", tmpdir()], /not inside a git repository/],
  ])("refuses %s", async (_, words, why) => {
    const refused = await commanded(
      ["learn", "--out", out, ...words],
      words.includes("--repo") ? folder : shop.folder,
    );
    expect(refused.note).toMatch(why);
    expect(refused.code).toBeGreaterThan(1);
  });
});

test("a bar is drawn where somebody watches, and wiped at the end", () => {
  const drawn: string[] = [];
  const tell = progressOn({ redraw: (text) => drawn.push(text), note: () => undefined });
  tell({ done: 50, total: 100, secondsLeft: 61.2 });
  tell({ done: 100, total: 100, secondsLeft: 0 });
  expect(drawn).toEqual([`${"█".repeat(12)}${"·".repeat(12)} Read 50 of 100 changes, about 62s left`, ""]);
});
