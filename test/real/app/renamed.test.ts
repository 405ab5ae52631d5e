import { afterAll, beforeAll, expect, it } from "vitest";
import { openDatabase } from "../../../adapters/database/index.ts";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { knownRepositories } from "../../../app/known-repositories.ts";
import { allUnder, forgetAll, keepSomething, whereKept } from "../../app/renamed.ts";
import { type Postgres, startPostgres } from "../../postgres.ts";

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(() => postgres.stop());

it("replicas on one PostgreSQL that hear at once of a name that changed hands keep every row once", async () => {
  const url = await postgres.fresh();
  const databases = [await openDatabase({ url }), await openDatabase({ url })];
  const [database] = databases;
  if (!database) throw new Error("No database was opened.");
  const now = () => new Date();
  for (let round = 1; round <= 20; round += 1) {
    await forgetAll(database);
    // Each hears of it in several lanes at once.
    const replicas = [...databases, ...databases, ...databases].map((one) => knownRepositories(one, now));
    const hear = (said: { name: string; id: number }, at: number) =>
      replicas[at]?.(said, { installation: 1, look: async () => said, warn: () => undefined });
    const [former, other] = [round, 1000 + round];
    await Promise.all(replicas.map((_, at) => hear({ name: "acme/shop", id: former }, at)));
    await keepSomething(database, "acme/shop");
    await Promise.all(
      replicas.map((_, at) =>
        hear(at % 2 ? { name: "acme/shop", id: other } : { name: "acme/store", id: former }, at),
      ),
    );
    expect(await whereKept(database)).toEqual(allUnder("acme/store"));
    expect(await sqlLedger(database, "acme/store").read("production/shop")).not.toHaveProperty("fault");
    const known = await database.query("select name, id from repositories order by id");
    expect(known.map(({ name, id }) => `${name} ${id}`)).toEqual([
      `acme/store ${former}`,
      `acme/shop ${other}`,
    ]);
  }
  for (const one of databases) await one.close();
});
