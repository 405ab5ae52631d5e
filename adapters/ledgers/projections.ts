import * as z from "zod";
import { digest } from "../../core/evidence/canonical.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { readLine } from "../../core/evidence/line.ts";
import type { Database, Queries } from "../database/database.ts";
import { storable } from "../database/storable.ts";

/** What the table is asked by. The rest of a document may be of another version's shape. */
const found = z.looseObject({
  decision_id: z.string(),
  environment: z.string(),
  subject: z.looseObject({ head: z.string().optional(), pull_request: z.int().optional() }),
});

/**
 * Fills the table of decisions from events, in the transaction that appends them. A decision that several streams
 * hold, or that was made again, is one row: the latest, in whatever order its events come by.
 */
export async function projectDecisions(
  queries: Queries,
  repository: string,
  events: LedgerEvent[],
): Promise<void> {
  for (const event of events) {
    if (event.kind !== "decision") continue;
    const decision = found.safeParse(storable(event.body));
    if (!decision.success || !bearsItsName(event.body)) continue;
    const { decision_id, environment, subject } = decision.data;
    const document = {
      ...decision.data,
      approvals: [],
      recorded: true,
      actor: storable(event.actor),
      decided_at: event.at,
    };
    await queries.query(
      `insert into decisions (repository, decision_id, head, pull_request, environment, decided_at, document)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (repository, decision_id) do update
         set head = excluded.head, pull_request = excluded.pull_request, environment = excluded.environment,
           decided_at = excluded.decided_at, document = excluded.document
         where (excluded.decided_at, excluded.document::text collate "C")
           > (decisions.decided_at, decisions.document::text collate "C")`,
      [
        repository,
        decision_id,
        subject.head ?? null,
        subject.pull_request ?? null,
        environment,
        new Date(event.at),
        document,
      ],
    );
  }
}

/** A decision's name is a part of its hash; another's name would put one decision in the place of the other. */
function bearsItsName({ decision_id, ...body }: LedgerEvent["body"]): boolean {
  return digest(body).slice(0, 24) === decision_id;
}

const rowsAtOnce = 500;

/** Makes the table of decisions anew from the ledger, at one moment for all who read it. Gives the number of rows. */
export async function rebuildDecisions(database: Database): Promise<number> {
  return await database.transaction(async (within) => {
    // Whoever appends a decision meanwhile waits, so that none is missed.
    await within.query("lock table decisions in exclusive mode");
    await within.query("delete from decisions");
    let after = ["", "", -1];
    for (;;) {
      const rows = await within.query(
        `select repository, stream, sequence, line from ledger_events
         where kind = 'decision' and (repository, stream, sequence) > ($1, $2, $3)
         order by repository, stream, sequence limit $4`,
        [...after, rowsAtOnce],
      );
      for (const { repository, line } of rows) {
        const read = readLine(String(line));
        if ("event" in read) await projectDecisions(within, String(repository), [read.event]);
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = [String(last.repository), String(last.stream), Number(last.sequence)];
    }
    const [counted] = await within.query("select count(*) as rows from decisions");
    return Number(counted?.rows);
  });
}
