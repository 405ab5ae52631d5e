import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Database } from "../../adapters/database/database.ts";
import { openDatabase } from "../../adapters/database/index.ts";
import { sqlLedger } from "../../adapters/ledgers/sql.ts";
import { repository, sqlBench } from "../adapters/ledgers/sql-bench.ts";
import { ledgerContract } from "../contracts/ledger.ts";
import { event, production } from "../contracts/ledger-bench.ts";
import { sqlLedgerContract } from "../contracts/sql-ledger.ts";
import { type Postgres, startPostgres } from "../postgres.ts";

let postgres: Postgres;
let url: string;
let database: Database;
beforeAll(async () => {
  postgres = await startPostgres();
  url = await postgres.fresh();
  database = await openDatabase({ url });
});
afterAll(async () => {
  await database.close();
  await postgres.stop();
});

ledgerContract("rows of PostgreSQL", async () => sqlBench(database, url), { writers: 20, processes: 10 });
sqlLedgerContract("PostgreSQL", () => database);

describe("the ledger in PostgreSQL", () => {
  it("says that the ledger is away, keeps what was appended, and goes on", async () => {
    const ledger = sqlLedger(database, repository);
    const first = await ledger.append(production, [event()], null);
    await postgres.kill();
    await expect(ledger.head(production)).rejects.toMatchObject({
      reasonCode: "ledger-unavailable",
      exitCode: 69,
    });
    await postgres.restart();
    expect((await ledger.read(production)).events).toEqual(first);
  });
});
