import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { getOctokit } from "@actions/github";
import { afterAll, beforeAll, expect, test } from "vitest";
import { shadowDeclaration } from "../../actions/shadow/declaration.ts";
import { openLedger } from "../../adapters/ledgers/index.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { eventsOf, type Told, versionOfPolicy } from "../core/learning/shadow/season.ts";
import { git } from "../emulated/small-repository.ts";
import { modelText } from "../made-model.ts";
import { type Shop, startShop } from "./shop.ts";

/** The Actions that read a ledger on branches of the emulated GitHub, as a runner starts them. */

let shop: Shop;
const folder = mkdtempSync(join(tmpdir(), "action-shadow-"));
const policy = {
  ".github/adaptive-deploy.yml": "schema-version: 1\nledger: { home: git-branch }\n",
  ".github/adaptive-deploy/policy-metadata.md": "---\nname: team\nversion: '1'\nowner: team\n---\n",
  ".github/adaptive-deploy/model.json": modelText(),
};
/** Long enough ago to count, and too lately to be too old. */
const lately = Date.now() / 1000 - 60 * 86_400;
const season = Array.from(
  { length: 24 },
  (_, index): Told => ({
    ...{ day: index, ends: index % 8 ? "well" : "failed", points: 20 },
    model: index % 8 ? { probability: 0.06, rank: 40 } : { probability: 0.4, rank: 99 },
  }),
);

beforeAll(async () => {
  shop = await startShop(policy, {
    tokens: {
      writer: { app: "github-actions", permissions: { contents: "write" } },
      job: { app: "github-actions", permissions: { contents: "read", issues: "write" } },
    },
  });
  for (const [name, text] of Object.entries(policy)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const client = getOctokit("writer", { baseUrl: shop.github.url });
  const ledger = openLedger("git-branch", { client, repository: "acme/shop" });
  const told = season.map((one, number) => eventsOf(one, number));
  const shift = lately - Date.parse(told[0]?.events[0]?.at ?? "") / 1000;
  const events = told
    .flatMap((one) => one.events)
    .map(
      (event): NewEvent => ({
        ...event,
        at: new Date(Date.parse(event.at) + shift * 1000).toISOString(),
      }),
    );
  await ledger?.append(told[0]?.stream ?? "", events, null);
});
afterAll(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

async function start(verb: string, inputs: Record<string, string>, workspace = folder) {
  const { env, files } = await shop.github.events("acme/shop").writeFile("workflow_dispatch", {});
  const main = fileURLToPath(new URL(`../../actions/${verb}/main.ts`, import.meta.url));
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const { PATH = "" } = process.env;
  const all = { PATH, ...env, ...Object.fromEntries(given), GITHUB_WORKSPACE: workspace };
  return await new Promise<{ code: number; text: string; output: Map<string, string>; summary: string }>(
    (done) => {
      execFile(process.execPath, [main], { env: all, cwd: folder }, (error, out, said) => {
        const found = readFileSync(files.output, "utf8").matchAll(
          /^([\w-]+)<<(ghadelimiter_\S+)\r?\n([\s\S]*?)\r?\n\2$/gm,
        );
        const output = new Map([...found].map(([, name = "", , value = ""]) => [name, value]));
        const summary = readFileSync(files.summary, "utf8");
        done({ code: error ? Number(error.code ?? 1) : 0, text: out + said, output, summary });
      });
    },
  );
}

test("shadow reads policy and ledger over the API, and keeps one issue with a token that may do no more", async () => {
  const left = await start("shadow", { "github-token": "job", issue: "true" });
  expect(left.text).not.toContain("::error");
  expect(left.code).toBe(0);
  expect(Object.keys(shadowDeclaration.outputs)).toEqual(expect.arrayContaining([...left.output.keys()]));
  const report = JSON.parse(readFileSync(left.output.get("report") ?? "", "utf8"));
  expect(report.services).toMatchObject([
    { service: "shop", releases: 24, failures: 3, verdict: { to: "advisory" } },
  ]);
  expect(left.output.get("drifted")).toBe("false");
  expect(left.output.get("issue")).toMatch(/\/issues\/\d+$/);
  expect(left.summary).toContain("3 of the 3 releases that failed would have needed a person's approval");
  const again = await start("shadow", { "github-token": "job", issue: "true" });
  expect(again.output.get("issue")).toBe(left.output.get("issue"));
});

test("collect takes what the ledger says of the model along in the history's summary", async () => {
  const checkout = mkdtempSync(join(tmpdir(), "action-collect-"));
  git(checkout, "clone", "-q", shop.folder, ".");
  const left = await start("collect", { "github-token": "writer", history: "true" }, checkout);
  rmSync(checkout, { recursive: true, force: true });
  expect(left.text).not.toContain("::error");
  const summary = JSON.parse(git(shop.folder, "show", `${left.output.get("history")}:history.json`));
  expect(summary.model_calibration).toMatchObject({ model: versionOfPolicy, releases: 24, failures: 3 });
});
