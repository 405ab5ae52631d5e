import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "../../adapters/database/index.ts";
import { appLedger } from "../../adapters/ledgers/app.ts";
import { createServiceToken } from "../../app/api/service-tokens.ts";
import { record } from "../../core/evidence/append.ts";
import { type ApiServer, sha, startApi } from "../app/api/api-server.ts";
import { event, production, retry } from "../contracts/ledger-bench.ts";
import { type Postgres, startPostgres } from "../postgres.ts";

/** Two replicas of the API on one PostgreSQL. */
const repository = "octo-org/shop";
let postgres: Postgres;
let replicas: ApiServer[];
beforeAll(async () => {
  postgres = await startPostgres();
  const url = await postgres.fresh();
  const first = await startApi({ database: await openDatabase({ url }) });
  replicas = [first, await startApi({ database: await openDatabase({ url }) })];
});
afterAll(async () => {
  for (const replica of replicas ?? []) await replica.close();
  await postgres?.stop();
});

const everywhere = async <Result>(
  count: number,
  work: (replica: ApiServer, index: number) => Promise<Result>,
) =>
  await Promise.all(
    Array.from({ length: count }, (_, index) =>
      replicas.slice(index % 2, (index % 2) + 1).map((one) => work(one, index)),
    ).flat(),
  );

test("one request with an Idempotency-Key is done once, whichever replica is asked", async () => {
  const body = { repository, stream: "keys/api", kind: "outcome", body: {} };
  for (const key of ["a", "b", "c", "d", "e"]) {
    const headers = { "idempotency-key": key };
    const all = await everywhere(10, async (replica) =>
      replica.call("POST", "/v1/events", { token: await replica.jobToken(), body, headers }),
    );
    const hashes = all.flatMap(({ status, json }) => (status === 201 ? [json.hash] : []));
    expect(new Set(hashes).size).toBe(1);
    expect(all.filter(({ status }) => status !== 201 && status !== 409)).toEqual([]);
  }
  const [one] = replicas;
  const chain = await one?.call("GET", "/v1/ledger/octo-org/shop/keys%2Fapi", {
    token: await one.jobToken(),
  });
  expect(chain?.json.events).toHaveLength(5);
});

test("nothing of what many writers append to both is lost", async () => {
  const ledgers = await everywhere(8, async ({ url, jobToken }) =>
    appLedger({ url, repository, token: () => jobToken() }),
  );
  await Promise.all(ledgers.map((ledger, writer) => record(ledger, production, [event({ writer })], retry)));
  const chain = await ledgers[0]?.read(production);
  expect(chain?.fault).toBeUndefined();
  expect(chain?.events.map(({ body }) => body.writer).sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});

test("facts are stored, and a service token of one replica is known to the other", async () => {
  const [one, two] = replicas;
  if (!one || !two) throw new Error("There are two replicas.");
  const about = { name: "ci", repository, scopes: ["facts:write"], days: 1, now: one.clock.now };
  const { token } = await createServiceToken(one.database, about);
  const body = { repository, sha, facts: { schema_version: 1, change: { title: "žluťoučký 🐎 \\u0000" } } };
  for (const replica of [one, two, two])
    expect((await replica.call("POST", "/v1/facts", { token, body })).status).toBe(201);
  const rows = await two.database.query("select body, trusted from facts", []);
  expect(rows).toEqual([{ body: body.facts, trusted: false }]);
});
