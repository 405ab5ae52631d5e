import { generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { installations } from "../../../adapters/github/installations.ts";
import { mirrorTask } from "../../../adapters/github/mirror-task.ts";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { payloadOf } from "../../../app/inbox/payload.ts";
import { onDeploymentStatus } from "../../../app/webhooks/deployment-status.ts";
import { onInstallation } from "../../../app/webhooks/installation.ts";
import { onMergeGroup } from "../../../app/webhooks/merge-group.ts";
import { onRepository } from "../../../app/webhooks/repository.ts";
import { workFor } from "../../../app/work.ts";
import type { Decision } from "../../../core/decision/shape.ts";
import { place, type Shop, start, startShop, thresholds } from "./work.ts";

const examples: { name: string; examples: Record<string, unknown>[] }[] = createRequire(import.meta.url)(
  "@octokit/webhooks-examples/api.github.com/index.json",
);
const examplesOf = (name: string) => examples.find((one) => one.name === name)?.examples ?? [];

let shop: Shop;
beforeEach(async () => {
  shop = await startShop(thresholds("  mode: advisory\n"));
});
afterEach(async () => {
  expect(shop.github.violations()).toEqual([]);
  await shop.close();
});
const work = () => ({ ...shop.work(), ledger: (name: string) => sqlLedger(shop.database, name) });

test.each([
  ["repository", onRepository],
  ["installation", onInstallation],
  ["installation_repositories", onInstallation],
  ["deployment_status", onDeploymentStatus],
])("GitHub's own examples of %s are accepted, and of a stranger nothing is stored", async (name, answer) => {
  expect(examplesOf(name).length).toBeGreaterThan(0);
  for (const payload of examplesOf(name)) await answer(payload, work());
  const [stored] = await shop.database.query(
    "select (select count(*) from ledger_events) + (select count(*) from facts) + (select count(*) from inbox) as rows",
  );
  expect(Number(stored?.rows)).toBe(0);
});

test("a merge group gets the check on its own head, and a destroyed one nothing", async () => {
  const base = shop.commit("Base", { "src/pay.ts": "export const pay = 2;\n" });
  const head = shop.commit("Change (#1)", { "src/pay.ts": "export const pay = 3;\n" });
  const payload = await shop.github.events(place).mergeGroup({ base, head });
  const told: Decision[] = [];
  await onMergeGroup({ ...payload, action: "destroyed" }, work(), (decision) => told.push(decision));
  expect(told).toEqual([]);
  await onMergeGroup(payload, work(), (decision) => told.push(decision));
  expect(told).toMatchObject([{ subject: { kind: "group", head } }]);
  expect([...shop.github.repository(place).checkRuns.values()]).toMatchObject([
    { name: "adaptive-deploy/risk", headSha: head },
  ]);
});

describe("what became of a deployment", () => {
  const sha = "a".repeat(40);
  const payload = (id: number, state: string) => ({
    action: "created",
    repository: { full_name: place },
    deployment: { id: 5, sha, environment: "production" },
    deployment_status: { id, state, created_at: start.toISOString(), creator: { login: "ben" } },
  });
  const outcomes = async () => {
    const { events } = await sqlLedger(shop.database, place).read("production/repository");
    return events.filter(({ kind }) => kind === "outcome");
  };

  test("stands in the environment's stream, once a status, where the App decides at all", async () => {
    await onDeploymentStatus(payload(1, "success"), work());
    expect(await outcomes()).toEqual([]);
    await shop.database.query(
      `insert into decisions (repository, decision_id, head, environment, decided_at, document)
       values ($1, 'd', $2, 'staging', now(), '{}'::jsonb)`,
      [place, sha],
    );
    for (const [id, state] of [
      [1, "in_progress"],
      [2, "success"],
      [2, "success"],
      [3, "error"],
    ] as const)
      await onDeploymentStatus(payload(id, state), work());
    expect(await outcomes()).toMatchObject([
      { actor: "ben", at: start.toISOString(), body: { outcome: "success", sha, deployment_status: 2 } },
      { body: { outcome: "failure", deployment_status: 3 } },
    ]);
    const mirrored = payload(4, "success");
    const deployment = { ...mirrored.deployment, task: mirrorTask("shop") };
    await onDeploymentStatus({ ...mirrored, deployment }, work());
    expect(await outcomes()).toHaveLength(2);
  });
});

describe("a repository's other name", () => {
  test("a delivery that waited says the new name, and nothing else that people wrote is touched", () => {
    const callback = (of: string) =>
      `https://api.github.com/repos/${of}/actions/runs/1/deployment_protection_rule`;
    const said = (of: string) => ({
      repository: { full_name: of, default_branch: "main" },
      pull_request: { base: { repo: { full_name: of } }, head: { repo: { full_name: "olga/shop" } } },
      deployment_callback_url: callback(of),
      comment: { body: `${place}: see ${callback(place)}` },
    });
    const waiting = { payload: JSON.stringify(said(place)) };
    expect(payloadOf({ ...waiting, repository: "acme/store" })).toEqual(said("acme/store"));
    expect(payloadOf({ ...waiting, repository: place })).toEqual(said(place));
    const timer = { kind: "gate", repository: place, run: 1 };
    expect(payloadOf({ payload: JSON.stringify(timer), repository: "acme/store" })).toEqual({
      ...timer,
      repository: "acme/store",
    });
  });
});

test("that the App was taken out is heard although no token of that installation is to be had", async () => {
  const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const { database } = shop;
  const github = installations({ appId: "1", privateKey, baseUrl: shop.github.url, warn: () => undefined });
  await database.query(
    "insert into inbox (delivery_id, event, installation_id, repository, lane, payload) values ('1', 'push', 4242, $1, 'x', '{}')",
    [place],
  );
  const timers = { later: async () => undefined, stop: async () => undefined };
  const around = { database, clientOf: github.client, timers, now: () => start, warn: () => undefined };
  const asked = shop.github.requests.length;
  const gone = await workFor(around, 4242, new AbortController().signal);
  await onInstallation({ action: "deleted", installation: { id: 4242 } }, gone);
  expect(await database.query("select state from inbox")).toEqual([{ state: "done" }]);
  expect(shop.github.requests).toHaveLength(asked);
});

describe("the App is taken out", () => {
  const insert = (id: string, installation: number, name: string, event = "push") =>
    shop.database.query(
      "insert into inbox (delivery_id, event, installation_id, repository, lane, payload) values ($1, $2, $3, $4, 'x', '{}')",
      [id, event, installation, name],
    );
  const states = async () =>
    (await shop.database.query("select delivery_id, state from inbox order by 1")).map(
      (row) => `${row.delivery_id} ${row.state}`,
    );
  beforeEach(async () => {
    await insert("1", 7, "acme/shop");
    await insert("2", 7, "acme/api");
    await insert("3", 8, "acme/shop");
    await insert("4", 7, "acme/shop", "installation");
  });

  test.each([
    ["deleted", { action: "deleted" }, ["1 done", "2 done", "3 waiting", "4 waiting"]],
    [
      "removed from one repository",
      { action: "removed", repositories_removed: [{ full_name: "acme/api" }] },
      ["1 waiting", "2 done", "3 waiting", "4 waiting"],
    ],
    ["suspended", { action: "suspend" }, ["1 waiting", "2 waiting", "3 waiting", "4 waiting"]],
    [
      "removed from nothing",
      { action: "removed", repositories_removed: [] },
      ["1 waiting", "2 waiting", "3 waiting", "4 waiting"],
    ],
  ])("%s", async (_, payload, expected) => {
    await onInstallation({ ...payload, installation: { id: 7 } }, work());
    expect(await states()).toEqual(expected);
  });
});
