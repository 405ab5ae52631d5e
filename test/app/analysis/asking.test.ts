import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { routes } from "../../../app/api/routes.ts";
import { flaggerHooks } from "../../../core/analysis/gates/flagger.ts";
import { argoBody, closeWorld, flaggerBody, healthy, startWorld, type World } from "./world.ts";

/** Who may ask, and what is no question. Every answer is JSON: Argo takes a 2xx that is none for a success. */
let world: World;
beforeAll(async () => {
  world = await startWorld(healthy);
});
afterAll(closeWorld);

const ours = routes.filter(({ scope }) => scope === "analysis:ask");

test("nothing is answered without a token of the scope", async () => {
  expect(ours).toHaveLength(10);
  const wrong = await world.token("octo-org/shop", ["decisions:write", "ledger:write"]);
  const job = await world.server.jobToken();
  for (const { method, path } of ours) {
    const body = method === "GET" ? undefined : path.includes("flagger") ? flaggerBody : argoBody;
    const call = async (token?: string) => {
      const { status, json } = await world.server.call(method, path, {
        ...(token === undefined ? {} : { token }),
        ...(body === undefined ? {} : { body }),
      });
      return [status, json.reason_code];
    };
    expect(await call()).toEqual([401, "no-token"]);
    expect(await call(`ad_${"x".repeat(43)}`)).toEqual([401, "bad-token"]);
    expect(await call(wrong)).toEqual([403, "scope-missing"]);
    // A pull request can edit its workflow, and could have a candidate compared with what it likes.
    expect(await call(job)).toEqual([403, "scope-missing"]);
  }
});

test("a token speaks for its repository alone, and one for all has to name it", async () => {
  const ask = async (token: string, more: object = {}) => {
    const { status, json } = await world.server.call("POST", "/v1/analysis", {
      token,
      body: { ...argoBody, run: "scoped", ...more },
    });
    return [status, json.reason_code];
  };
  const own = await world.token();
  expect(await ask(own)).toEqual([200, undefined]);
  expect(await ask(own, { repository: "octo-org/shop" })).toEqual([200, undefined]);
  expect(await ask(own, { repository: "octo-org/till" })).toEqual([403, "other-repository"]);
  const all = await world.token("*");
  expect(await ask(all)).toEqual([422, "repository-missing"]);
  expect(await ask(all, { repository: "octo-org/till" })).toEqual([200, undefined]);
  expect(await ask(all, { repository: "octo-org/unheard" })).toEqual([403, "not-installed"]);
});

test("two repositories do not share a comparison", async () => {
  const rows = await world.server.database.query(
    "select repository, id from analyses where run in (select run from analyses group by run having count(*) > 1)",
  );
  expect(new Set(rows.map(({ repository }) => repository))).toEqual(
    new Set(["octo-org/shop", "octo-org/till"]),
  );
});

const refused: [string, number, string][] = [
  ["{", 400, "not-json"],
  ["", 400, "not-json"],
  ["[]", 422, "bad-request"],
  ["null", 422, "bad-request"],
  [JSON.stringify({ ...argoBody, weight: "twenty" }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, weight: "101" }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, weight: -1 }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, step: "1e9" }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, run: "{{args.run}}" }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, run: "" }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, run: "a\ud800b" }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, candidate: { version: "a\u0000" } }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, candidates: {} }), 422, "bad-request"],
  [JSON.stringify({ ...argoBody, run: "x".repeat(70_000) }), 413, "body-too-large"],
];

test.each(refused.map((one) => [one[0].slice(-60), ...one] as const))(
  "what is no question is refused, and never with a 2xx: %s",
  async (_, raw, status, reason) => {
    const token = await world.token();
    const got = await world.server.call("POST", "/v1/analysis", { token, raw });
    expect([got.status, got.json.reason_code]).toEqual([status, reason]);
  },
);

test("every address is in the served document, and was asked with success", async () => {
  const { database, clock, call, seen } = world.server;
  const token = await world.token();
  await call("POST", "/v1/analysis", { token, body: { ...argoBody, run: "read" } });
  for (const hook of flaggerHooks.filter((name) => !name.startsWith("confirm-p") && name !== "rollback"))
    await call("POST", `/v1/flagger/${hook}`, { token, body: flaggerBody });
  world.later(60);
  await call("POST", "/v1/flagger/rollout", { token, body: flaggerBody });
  for (const [final, hook] of [
    ["promote", "confirm-promotion"],
    ["rollback", "rollback"],
  ]) {
    const text = await readFile(new URL("../../fixtures/verdicts/promote.json", import.meta.url), "utf8");
    const document = JSON.stringify({ ...JSON.parse(text), verdict: final });
    await database.query("update analyses set final = $1, document = $2::jsonb, asked_at = $3", [
      final,
      document,
      clock.now.toISOString(),
    ]);
    expect((await call("POST", `/v1/flagger/${hook}`, { token, body: flaggerBody })).status).toBe(200);
  }
  const [row] = await database.query("select id from analyses where repository = 'octo-org/shop' limit 1");
  expect((await call("GET", `/v1/analysis/${row?.id}`, { token })).status).toBe(200);
  await database.query("delete from analyses");
  for (const { method, path, status } of ours) expect([...seen]).toContain(`${path} ${method} ${status}`);
});

test("a token cannot begin comparisons without an end", async () => {
  const token = await world.token();
  const { database, clock } = world.server;
  await database.query(
    `insert into analyses (repository, id, run, step, service, environment, plan, asked_at)
     select 'octo-org/shop', 'many-' || number, 'many', number, 'checkout', 'production', '{}', $1
     from generate_series(1, 500) number`,
    [clock.now.toISOString()],
  );
  const body = { ...argoBody, run: "one too many" };
  const { status, json } = await world.server.call("POST", "/v1/analysis", { token, body });
  expect([status, json]).toMatchObject([
    200,
    { data: { verdict: "hold", reason_code: "too-many-comparisons" } },
  ]);
});
