import { afterAll, beforeAll } from "vitest";
import type { Database } from "../../../adapters/database/database.ts";
import { ledgerContract } from "../../contracts/ledger.ts";
import { sqlLedgerContract } from "../../contracts/sql-ledger.ts";
import { freshDatabase } from "../../database.ts";
import { sqlBench } from "./sql-bench.ts";

let database: Database;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.close());

ledgerContract("rows of the embedded database", async () => sqlBench(database), {
  writers: 20,
  processes: 0,
});
sqlLedgerContract("the embedded database", () => database);
