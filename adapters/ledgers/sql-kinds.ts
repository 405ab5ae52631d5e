import * as z from "zod";
import { UserError } from "../../core/errors.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { readLine } from "../../core/evidence/line.ts";
import type { Ledger } from "../../core/ports.ts";
import type { Queries } from "../database/database.ts";

const row = z.object({ line: z.string() });

/**
 * The ledger as a decision asks it: of each stream the events of a few kinds, each held against its own hash. A year of
 * decisions is not read to find three approvals; the whole chain is checked where it is audited.
 */
export function eventsOfKinds(
  database: Queries,
  repository: string,
  ledger: Ledger,
  kinds: readonly LedgerEvent["kind"][],
): Ledger {
  return {
    ...ledger,
    async read(stream) {
      const rows = await database.query(
        `select line from ledger_events where repository = $1 and stream = $2 and kind = any($3::text[])
         order by sequence`,
        [repository, stream, kinds],
      );
      const events = rows.map((one) => eventOf(stream, row.parse(one).line));
      const last = events.at(-1);
      return { stream, events, head: last ? { sequence: last.sequence, hash: last.hash } : null };
    },
  };
}

function eventOf(stream: string, line: string): LedgerEvent {
  const read = readLine(line);
  if ("event" in read) return read.event;
  throw new UserError(
    "ledger-tampered",
    `An event of the stream ${stream} ${read.problem}. Nothing is decided by it; \`ledger verify\` says where the chain breaks.`,
  );
}
