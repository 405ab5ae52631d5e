import type { Database } from "../../../adapters/database/database.ts";
import { sqlLedger } from "../../../adapters/ledgers/sql.ts";
import { segmentPath } from "../../../core/evidence/segment.ts";
import type { Bench } from "../../contracts/ledger-bench.ts";

export const repository = "acme/shop";

/** Each event is one file to the contract's tampering: the row's line, under the name that a folder would give it. */
export function sqlBench(database: Database, url?: string): Bench {
  return {
    open: async () => sqlLedger(database, repository),
    settings: async () => ({ home: "sql", repository, url }),
    tamper: (stream, change) =>
      database.transaction(async (within) => {
        const place = [repository, stream];
        const rows = await within.query(
          "delete from ledger_events where repository = $1 and stream = $2 returning sequence, line",
          place,
        );
        const files = new Map(
          rows.map(({ sequence, line }) => [segmentPath(Number(sequence)), `${line}\n`] as const),
        );
        change(files);
        for (const [path, text] of files) {
          await within.query(
            `insert into ledger_events (repository, stream, sequence, hash, kind, actor, at, line)
             values ($1, $2, $3, '', 'outcome', 'somebody', now(), $4)`,
            [...place, Number(path.slice(8, 17)), text.replace(/\n$/, "")],
          );
        }
      }),
    close: async () => {
      await database.query("delete from ledger_events");
    },
  };
}
