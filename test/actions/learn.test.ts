import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { getOctokit } from "@actions/github";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, it } from "vitest";
import { learnDeclaration } from "../../actions/learn/declaration.ts";
import { exitCodes } from "../../core/errors.ts";
import { commitFiles, git } from "../emulated/small-repository.ts";
import { type Shop, startShop } from "./shop.ts";

let shop: Shop;
let commits: string[];
const folder = mkdtempSync(join(tmpdir(), "learn-main-"));
beforeAll(async () => {
  const job = { app: "github-actions", permissions: { contents: "read", deployments: "write" } } as const;
  const blind = { app: "github-actions", permissions: { contents: "read" } } as const;
  shop = await startShop({}, { tokens: { job, blind } });
  commits = [shop.tip("main")];
  for (const number of [2, 3]) {
    commitFiles(shop.folder, `Pay ${number}`, { "src/pay.ts": `export const pay = ${number};\n` });
    commits.push(shop.tip("main"));
  }
  await deployed(commits[1], "success");
  await deployed(commits[2], "failure");
});
afterAll(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
  rmSync(folder, { recursive: true, force: true });
});

async function deployed(ref = "", state: "success" | "failure"): Promise<void> {
  const { rest } = getOctokit("job", { baseUrl: shop.github.url });
  const at = { owner: "acme", repo: "shop" };
  const made = await rest.repos.createDeployment({
    ...{ ...at, ref, environment: "production", auto_merge: false, required_contexts: [] },
  });
  if (!("id" in made.data)) throw new Error("no deployment");
  await rest.repos.createDeploymentStatus({ ...at, deployment_id: made.data.id, state });
}

/** The entry file as a runner starts it, once a week. */
async function start(inputs: Record<string, string>) {
  const head = { branch: "main", before: null, after: shop.tip("main") };
  const pushed = await shop.github.events("acme/shop").push(head);
  const runner = await shop.github.events("acme/shop").writeFile("push", pushed);
  const main = fileURLToPath(new URL("../../actions/learn/main.ts", import.meta.url));
  const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
  const given = Object.entries(inputs).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value]);
  const env = {
    ...{ PATH, NODE_COMPILE_CACHE, ...runner.env, ...Object.fromEntries(given) },
    ...{ GITHUB_EVENT_NAME: "schedule", GITHUB_WORKSPACE: shop.folder },
  };
  return new Promise<{ exitCode: number; text: string; outputs: Map<string, string>; summary: string }>(
    (resolve) => {
      execFile(process.execPath, [main], { env, cwd: folder }, (error, out, stderr) => {
        const written = readFileSync(runner.files.output, "utf8");
        const found = written.matchAll(/^([\w-]+)<<(ghadelimiter_\S+)\r?\n([\s\S]*?)\r?\n\2$/gm);
        resolve({
          exitCode: error ? Number(error.code ?? 1) : 0,
          text: out + stderr,
          outputs: new Map([...found].map(([, name = "", , value = ""]) => [name, value])),
          summary: readFileSync(runner.files.summary, "utf8"),
        });
      });
    },
  );
}

it("learns from what GitHub says of deployments, and leaves the files, their paths and the card", async () => {
  const left = await start({ "github-token": "job", deployments: "true", out: "learnt" });
  expect(left.text).toContain("::add-mask::job");
  expect(left.text).toContain(
    "3 changes; of 1 it is known how they went, and 1 failed (1 deployment failed).",
  );
  expect(left.exitCode).toBe(exitCodes.go);
  for (const name of left.outputs.keys()) expect(Object.keys(learnDeclaration.outputs)).toContain(name);
  expect(left.outputs.get("failures")).toBe("1");
  expect(left.outputs.get("model")).toBe(join(folder, "learnt/model.json"));
  const changes = readFileSync(left.outputs.get("changes") ?? "", "utf8");
  const rows: Record<string, string>[] = parse(changes, { columns: true });
  expect(rows.map(({ commit, because }) => [commit, because])).toEqual([
    [commits[0], "merge-of-history"],
    [commits[1], "too-new"],
    [commits[2], "deployment-failed"],
  ]);
  expect(left.summary).toContain("# Model card");
  expect(git(shop.folder, "status", "--porcelain")).toBe("");
});

it("does not ask for deployments where nobody wants that, and says why it cannot where somebody does", async () => {
  const without = await start({ "github-token": "blind" });
  expect(without.text).toContain("and 0 failed.");
  expect(without.exitCode).toBe(exitCodes.go);
  const asked = await start({ "github-token": "nobody", deployments: "true" });
  expect(asked.exitCode).toBe(exitCodes.unavailable);
  expect(asked.text).toContain("deployments: read");
  expect(asked.outputs.get("reason-code")).toBe("bad-token");
});
