import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { readLine } from "../../core/evidence/line.ts";
import type { Found } from "./decisions.ts";

/** What people said in the repositories of these decisions, in the order of each stream. */
export async function saidSince(
  database: Database,
  decisions: readonly Found[],
  kinds: readonly LedgerEvent["kind"][],
): Promise<Map<string, LedgerEvent[]>> {
  const events = new Map<string, LedgerEvent[]>();
  const repositories = [...new Set(decisions.map(({ repository }) => repository))];
  if (repositories.length === 0) return events;
  const rows = await database.query(ofKinds, [JSON.stringify(repositories), JSON.stringify(kinds)]);
  for (const { repository, line } of rows.map((row) => stored.parse(row))) {
    const read = readLine(line);
    if ("event" in read) events.set(repository, [...(events.get(repository) ?? []), read.event]);
  }
  return events;
}

const stored = z.looseObject({ repository: z.string(), line: z.string() });
const ofKinds = `
  select repository, line from ledger_events
  where repository in (select jsonb_array_elements_text($1::text::jsonb))
    and kind in (select jsonb_array_elements_text($2::text::jsonb))
  order by repository, stream, sequence`;
