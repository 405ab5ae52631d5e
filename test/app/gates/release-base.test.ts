import { Octokit } from "@octokit/rest";
import { afterEach, describe, expect, test } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { decideChange } from "../../../app/decide-change.ts";
import { gates } from "../../../app/gates/protection-rule.ts";
import { onDeploymentStatus } from "../../../app/webhooks/deployment-status.ts";
import { git } from "../../emulated/small-repository.ts";
import { place, type Shop, start, startShop, thresholds, waitingRun } from "./work.ts";

let shop: Shop;
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});

const app = gates(
  async (subject, environment, work) => (await decideChange(subject, work, { environment }))?.decision,
);
const policy = thresholds("  mode: enforced\n  approval: { from: 40 }\n");
const lines = (file: number) =>
  Array.from({ length: 60 }, (_, line) => `export const value${line} = ${file};`).join("\n");
const big = Object.fromEntries(Array.from({ length: 60 }, (_, file) => [`src/f${file}.ts`, lines(file)]));
const typo = () => shop.commit("Typo", { "README.md": "# Shop!\n" });
const head = () => git(shop.repository.folder, "rev-parse", "HEAD");

let minute = 0;
const work = () => ({
  ...shop.work(new Date(start.valueOf() + ++minute * 60_000)),
  ledger: (name: string) => sqlLedger(shop.database, name),
});
type Run = Awaited<ReturnType<typeof waitingRun>>;
/** A run asks; and GitHub's own word on what became of it, where there is one. */
async function ask(sha: string, outcome?: "success" | "failure"): Promise<Run> {
  const run = await waitingRun(shop, sha);
  await app.onProtectionRule(run.payload, work());
  if (outcome) await tell(run, outcome);
  return run;
}
async function tell(run: Run, state: "success" | "failure"): Promise<void> {
  await run.finish(state);
  const deployment = { id: run.deployment.id, sha: run.deployment.sha, environment: "production" };
  const status = { id: ++minute, state, created_at: start.toISOString() };
  await onDeploymentStatus(
    { repository: { full_name: place }, deployment, deployment_status: status },
    work(),
  );
}
const base = async () => {
  const [row] = await shop.database.query(
    "select document->'subject'->>'base' as base from decisions order by decided_at desc limit 1",
  );
  return row?.base;
};

describe("a release is measured from what passed here and succeeded:", () => {
  test("what was refused is part of the next one, whatever anybody writes to GitHub's list", async () => {
    shop = await startShop(policy);
    const good = head();
    expect((await ask(good, "success")).states()).toEqual(["approved"]);
    const risky = await ask(shop.commit("Big", big));
    expect(risky.states()).toEqual([null]);
    expect(await base()).toBe(good);
    // Anyone who may push may write deployments and what became of them.
    await tell(risky, "success");
    await (await waitingRun(shop, risky.deployment.sha)).finish("success");
    expect((await ask(typo())).states()).toEqual([null]);
    expect(await base()).toBe(good);
  });

  test("a failure is not what runs", async () => {
    shop = await startShop(policy);
    const good = head();
    await ask(good, "success");
    const failed = await ask(shop.commit("Change", { "src/pay.ts": "export const pay = 2;\n" }), "failure");
    expect(failed.states()).toEqual(["approved"]);
    await ask(typo());
    expect(await base()).toBe(good);
  });

  test("a first release that was refused does not slip through behind the second", async () => {
    shop = await startShop(policy);
    const before = head();
    expect((await ask(shop.commit("Big", big))).states()).toEqual([null]);
    expect((await ask(typo())).states()).toEqual([null]);
    expect(await base()).toBe(before);
  });

  test("mere advice lets it go, and then it runs", async () => {
    shop = await startShop(thresholds("  mode: advisory\n  approval: { from: 40 }\n"));
    await ask(head(), "success");
    const risky = await ask(shop.commit("Big", big), "success");
    expect(risky.states()).toEqual(["approved"]);
    await ask(typo());
    expect(await base()).toBe(risky.deployment.sha);
  });
});

describe("before the App let anything through,", () => {
  test("GitHub's last success is the base, and no deployment that waits or failed", async () => {
    shop = await startShop(policy);
    const good = head();
    await waitingRun(shop, good).then(({ finish }) => finish("success"));
    await waitingRun(shop, shop.commit("One", { "src/one.ts": "1\n" }));
    const two = await waitingRun(shop, shop.commit("Two", { "src/two.ts": "2\n" }));
    await two.finish("failure");
    await ask(typo());
    expect(await base()).toBe(good);
  });

  test("what GitHub cannot say for now is asked again, and taken for nothing", async () => {
    shop = await startShop(policy);
    await waitingRun(shop, head()).then(({ finish }) => finish("success"));
    const run = await waitingRun(shop, typo());
    const given = work();
    const client = new Octokit({ auth: "app", baseUrl: shop.github.url });
    const away = Object.assign(new Error("Bad gateway"), { status: 502, response: { headers: {} } });
    const graphql = async (query: string, variables?: Record<string, unknown>): Promise<unknown> => {
      if (query.includes("LastDeployed")) throw away;
      return client.graphql(query, variables);
    };
    await expect(
      app.onProtectionRule(run.payload, { ...given, client: { request: given.client.request, graphql } }),
    ).rejects.toThrow("what was last deployed to production");
    expect(run.states()).toEqual([]);
  });
});
