import * as z from "zod";
import { digest } from "../../core/evidence/canonical.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { readLine } from "../../core/evidence/line.ts";
import type { Database, Queries } from "../database/database.ts";
import { storable } from "../database/storable.ts";
import type { Statement } from "../database/together.ts";

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
    const written = projection(repository, event);
    if (written) await queries.query(written.sql, written.parameters);
  }
}

/** The row that an event makes or renews; undefined where it is no decision. */
export function projection(repository: string, event: LedgerEvent): Statement | undefined {
  if (event.kind !== "decision") return undefined;
  const decision = found.safeParse(storable(event.body));
  if (!decision.success || !bearsItsName(event.body)) return undefined;
  const { decision_id, environment, subject } = decision.data;
  const document = {
    ...decision.data,
    approvals: [],
    recorded: true,
    actor: storable(event.actor),
    decided_at: event.at,
  };
  return {
    sql: `insert into decisions (repository, decision_id, head, pull_request, environment, decided_at, document)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (repository, decision_id) do update
         set head = excluded.head, pull_request = excluded.pull_request, environment = excluded.environment,
           decided_at = excluded.decided_at, document = excluded.document
         where (excluded.decided_at, excluded.document::text collate "C")
           > (decisions.decided_at, decisions.document::text collate "C")`,
    parameters: [
      repository,
      decision_id,
      subject.head ?? null,
      subject.pull_request ?? null,
      environment,
      new Date(event.at),
      document,
    ],
  };
}

/** A decision's name is a part of its hash; another's name would put one decision in the place of the other. */
function bearsItsName({ decision_id, ...body }: LedgerEvent["body"]): boolean {
  return digest(body).slice(0, 24) === decision_id;
}

const rowsAtOnce = 500;

export type Rebuilt = {
  /** Decisions that the table holds now. */
  rows: number;
  added: number;
  changed: number;
  removed: number;
  /** Lines of the ledger that are no events any more. */
  unreadable: number;
};

/** Makes the table of decisions anew from the ledger, at one moment for all who read it. `tell` hears how far it is. */
export async function rebuildDecisions(
  database: Database,
  tell: (done: number, all: number) => void = () => undefined,
): Promise<Rebuilt> {
  return await database.transaction(async (within) => {
    // Whoever appends a decision meanwhile waits, so that none is missed.
    await within.query("lock table decisions in exclusive mode");
    await within.query("create temporary table decisions_before on commit drop as select * from decisions");
    await within.query("delete from decisions");
    const [known] = await within.query("select count(*) as rows from ledger_events where kind = 'decision'");
    let after = ["", "", -1];
    let [done, unreadable] = [0, 0];
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
        else unreadable += 1;
      }
      const last = rows.at(-1);
      if (last === undefined) break;
      after = [String(last.repository), String(last.stream), Number(last.sequence)];
      done += rows.length;
      tell(done, Number(known?.rows));
    }
    return { ...(await difference(within)), unreadable };
  });
}

async function difference(within: Queries): Promise<Omit<Rebuilt, "unreadable">> {
  const [found] = await within.query(
    `select count(now.decision_id) as rows,
       count(*) filter (where before.decision_id is null) as added,
       count(*) filter (where now.decision_id is null) as removed,
       count(*) filter (where now.decision_id is not null and before.decision_id is not null
         and (now.head, now.pull_request, now.environment, now.decided_at, now.document)
           is distinct from (before.head, before.pull_request, before.environment, before.decided_at, before.document)
       ) as changed
     from decisions now full join decisions_before before
       on before.repository = now.repository and before.decision_id = now.decision_id`,
  );
  const { rows, added, removed, changed } = counted.parse(found);
  return { rows, added, changed, removed };
}

const count = z.coerce.number();
const counted = z.object({ rows: count, added: count, removed: count, changed: count });
