import { createRequire } from "node:module";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { onDeploymentStatus } from "../../../app/webhooks/deployment-status.ts";
import { onInstallation } from "../../../app/webhooks/installation.ts";
import { onMergeGroup } from "../../../app/webhooks/merge-group.ts";
import { onRepository } from "../../../app/webhooks/repository.ts";
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
  });
});

describe("a repository's other name", () => {
  const renamed = (full: string, from: string) => ({
    action: "renamed",
    repository: { full_name: full },
    changes: { repository: { name: { from } } },
  });
  const transferred = {
    action: "transferred",
    repository: { full_name: "other/shop" },
    changes: { owner: { from: { organization: { login: "acme" } } } },
  };
  const seed = (name: string, source: string) =>
    shop.database.query(
      "insert into facts (repository, sha, source, trusted, body) values ($1, 'a', $2, true, '{}')",
      [name, source],
    );
  const event = {
    kind: "feedback" as const,
    at: start.toISOString(),
    actor: "ben",
    nonce: "0".repeat(32),
    body: {},
  };
  const owners = async (table: string) =>
    (await shop.database.query(`select repository from ${table} order by 1`)).map(
      ({ repository }) => repository,
    );

  test.each([
    ["renamed", renamed("acme/store", "shop"), "acme/store"],
    ["transferred", transferred, "other/shop"],
  ])("%s: facts, ledger, inbox and gates go along, and the chain holds", async (_, payload, name) => {
    await seed(place, "ci");
    await sqlLedger(shop.database, place).append("changes", [event], null);
    await shop.database.query(
      "insert into inbox (delivery_id, event, repository, lane, payload) values ('1', 'push', $1, 'x', '{}')",
      [place],
    );
    await shop.database.query(
      `insert into gates (repository, run_id, environment, deployment_id, sha, installation_id, origin, requested_at)
       values ($1, 1, 'production', 2, 'a', 99, '{}', now())`,
      [place],
    );
    await onRepository(payload, work());
    await onRepository(payload, work());
    for (const table of ["facts", "ledger_events", "inbox", "gates"])
      expect(await owners(table)).toEqual([name]);
    const chain = await sqlLedger(shop.database, name).read("changes");
    expect(chain.fault).toBeUndefined();
    expect(chain.events).toHaveLength(1);
    expect(await shop.database.query("select installation_id from gates")).toMatchObject([
      { installation_id: 1 },
    ]);
    expect(shop.warnings).toEqual([]);
  });

  test("what the new name has already is not written over, and that is said", async () => {
    await seed(place, "ci");
    await seed(place, "scan");
    await seed("acme/store", "ci");
    await onRepository(renamed("acme/store", "shop"), work());
    expect(await owners("facts")).toEqual([place, "acme/store", "acme/store"]);
    expect(shop.warnings.join()).toContain("facts of that name stay");
  });
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
