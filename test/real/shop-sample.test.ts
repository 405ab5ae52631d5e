import { execFile } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type EmulatedGitHub, startGitHub } from "../../emulated/github/index.ts";
import { releaseTree } from "../../scripts/release-tree.ts";
import { commitFiles, git } from "../emulated/small-repository.ts";
import { type RunningProxy, startProxy } from "./haproxy.ts";
import { prometheusOf } from "./prometheus-server.ts";
import { type Run, runWorkflow } from "./release-act.ts";
import { type Machine, shopMachine, usersOf } from "./shop-machine.ts";

/**
 * examples/haproxy-shop as it is shipped: its own workflows under act, against the emulated GitHub, with a real HAProxy
 * before two real servers and a real Prometheus. Its files are changed where another machine's would be: ports,
 * folders, and windows of a second in the policy.
 */

const sample = fileURLToPath(new URL("../../examples/haproxy-shop", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "shop-sample-"));
const tree = join(folder, "tree");
const checkout = join(folder, "shop");
let machine: Machine;
let proxy: RunningProxy;
let prometheus: Awaited<ReturnType<typeof prometheusOf>>;
let github: EmulatedGitHub;
let users: ReturnType<typeof usersOf>;
let first: string;

const windows: [string, string][] = [
  ["window: 2m", "window: 1s"],
  ["longest: 60m", "longest: 60s"],
  ["bake: 30m", "bake: 1s"],
  ["for 4m", "for 2s"],
  ["scrape_interval: 15s", "scrape_interval: 200ms"],
];

/** The sample on this machine. What is in .github/workflows is not touched. */
function copied(): void {
  cpSync(sample, checkout, { recursive: true });
  for (const entry of readdirSync(checkout, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.parentPath.endsWith("workflows")) continue;
    const path = join(entry.parentPath, entry.name);
    const text = readFileSync(path, "utf8");
    const own = [...machine.own, ...windows].reduce((now, [from, to]) => now.replaceAll(from, to), text);
    if (own !== text) writeFileSync(path, own);
  }
  git(folder, "init", "--quiet", "--initial-branch=main", checkout);
}

/** The very first version, as the README says. */
async function placedByHand(): Promise<void> {
  const build = join(folder, "build");
  cpSync(join(checkout, "shop"), build, { recursive: true });
  cpSync(join(checkout, "package.json"), join(build, "package.json"));
  writeFileSync(join(build, "version"), first);
  const env = { ...process.env, PATH: `${machine.programs}:${process.env.PATH}` };
  await promisify(execFile)(process.execPath, ["deploy/place.ts", build, "blue"], { cwd: checkout, env });
}

const written = (path: string): string => readFileSync(join(checkout, path), "utf8");

beforeAll(async () => {
  machine = await shopMachine(folder);
  await releaseTree(tree);
  copied();
  first = commitFiles(checkout, "The shop", {});
  await placedByHand();
  proxy = await startProxy(folder, machine.socket, written("machine/haproxy.cfg"));
  prometheus = await prometheusOf(written("machine/prometheus.yml"), machine.telemetryPort);
  github = await startGitHub({
    users: [{ login: "maria" }],
    repositories: [
      {
        ...{ owner: "acme", name: "shop", folder: checkout, defaultBranch: "main" },
        collaborators: { maria: "admin" },
        environments: ["staging", "production", "production-rollback"],
      },
    ],
    tokens: {
      "job-token": {
        app: "github-actions",
        permissions: { contents: "write", deployments: "write", issues: "write", pull_requests: "read" },
      },
    },
  });
  users = usersOf(machine.users);
});
afterEach(() => expect(github.violations()).toEqual([]));
afterAll(async () => {
  await users?.stop();
  await Promise.all([proxy?.stop(), prometheus?.stop(), machine?.stop(), github?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

const events = () => github.events("acme/shop").as({ login: "maria" });
const serving = async (): Promise<string> => (await (await fetch(`${machine.users}/version`)).text()).trim();
const deploymentOf = (sha: string) =>
  [...github.repository("acme/shop").deployments.values()].find((one) => one.sha === sha);

async function run(file: string, event: string, payload: Record<string, unknown>): Promise<Run> {
  const token = "job-token";
  const runner = await events().writeFile(event, payload, { token });
  const variables = { STAGING_URL: machine.staging };
  return runWorkflow({
    ...{ file, event, runner, tree, checkout, token, variables },
    programs: machine.programs,
  });
}

/** A push to main with this change. */
async function pushed(message: string, files: Record<string, string>): Promise<{ sha: string; ended: Run }> {
  const before = git(checkout, "rev-parse", "main");
  const sha = commitFiles(checkout, message, files);
  const ended = await run("deploy.yml", "push", await events().push({ branch: "main", before, after: sha }));
  return { sha, ended };
}

const discounts = `const cents: Record<string, number> = { tea: 450, cup: 1200, kettle: 3900 };
const discounts = [
  { upTo: 9, factor: 1 },
  { upTo: 99, factor: 0.9 },
];

export function priceOf(article: string, pieces: number): number {
  const each = cents[article];
  if (each === undefined) throw new RangeError(\`There is no \${article}.\`);
  return Math.round(each * pieces * discounts.find(({ upTo }) => pieces <= upTo).factor);
}
`;

describe("examples/haproxy-shop", () => {
  let good: string;

  it("takes a good version through staging to all of production", async () => {
    const prices = written("shop/prices.ts").replace("tea: 450", "tea: 450, spoon: 250");
    const { sha, ended } = await pushed("Sell spoons", { "shop/prices.ts": prices });
    good = sha;
    expect(ended.exitCode, ended.text).toBe(0);
    expect(ended.text).toContain(`${sha} passes at ${machine.staging}.`);
    for (const step of ["step 1/3, 10 % of traffic", "step 2/3, 50 % of traffic", "step 3/3, all traffic"])
      expect(ended.text).toContain(step);
    expect(await serving()).toBe(sha);
    expect(users.turnedAway).toEqual([]);
    expect(deploymentOf(sha)?.statuses.at(-1)).toMatchObject({ state: "success", environment: "production" });
  });

  it("takes a bad version back at its first step, in red, and says so in an issue", async () => {
    const { sha, ended } = await pushed("Discounts by a table", { "shop/prices.ts": discounts });
    expect(ended.exitCode).toBe(1);
    expect(ended.text).toContain(`${sha} passes at ${machine.staging}.`);
    expect(ended.text).toContain("step 1/3, 10 % of traffic");
    expect(ended.text).toContain(`blue runs ${first}.`);
    expect(ended.text).not.toContain("step 2/3");
    expect(await serving()).toBe(good);
    expect(deploymentOf(sha)?.statuses.at(-1)).toMatchObject({ state: "failure" });
    const [incident] = [...github.repository("acme/shop").issues.values()];
    expect(incident?.title).toContain("shop in production");
    expect(incident?.body).toContain("`error-rate`");
  });

  it("goes back from the good version by its button", async () => {
    const inputs = { reason: "Customers called." };
    const payload = events().workflowDispatch({ workflow: ".github/workflows/rollback.yml", inputs });
    const ended = await run("rollback.yml", "workflow_dispatch", payload);
    expect(ended.exitCode, ended.text).toBe(0);
    expect(await serving()).toBe(first);
  });

  it("keeps its weights when HAProxy is reloaded as its README says", async () => {
    writeFileSync(join(folder, "state"), `${await proxy.command("show servers state")}\n`);
    await proxy.reload();
    expect(await serving()).toBe(first);
  });

  it("finds nothing that fell silent", async () => {
    const ended = await run("watchdog.yml", "schedule", { schedule: "*/15 * * * *" });
    expect(ended.exitCode, ended.text).toBe(0);
    expect(ended.text).toContain("No rollout has fallen silent.");
  });
});
