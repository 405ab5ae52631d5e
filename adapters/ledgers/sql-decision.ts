import { seal } from "../../core/evidence/chain.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { segmentText } from "../../core/evidence/segment.ts";
import { requireStream } from "../../core/evidence/stream.ts";
import type { Head } from "../../core/ports.ts";
import type { Queries } from "../database/database.ts";
import { isUniqueViolation } from "../database/fault.ts";
import { type Statement, together } from "../database/together.ts";
import { projection } from "./projections.ts";
import { eventsInsert, headIn } from "./sql.ts";

/** Every decision is recorded, so this takes two round trips to the database, however many streams it belongs to. */

export type Place = { stream: string; head: Head | null };

/** Where a decision goes, as the streams stand; undefined where it is recorded already. */
export async function placesOf(
  queries: Queries,
  about: { repository: string; decision_id: string },
  streams: readonly string[],
): Promise<Place[] | undefined> {
  for (const stream of streams) requireStream(stream);
  const rows = await queries.query(
    `select asked.stream, head.sequence, head.line, exists (
       select 1 from decisions where repository = $1 and decision_id = $2
     ) as known
     from unnest($3::text[]) as asked (stream) left join lateral (
       select sequence, line from ledger_events where repository = $1 and ledger_events.stream = asked.stream
       order by sequence desc limit 1
     ) head on true`,
    [about.repository, about.decision_id, streams],
  );
  if (rows.some(({ known }) => known === true)) return undefined;
  return rows.map((row) => {
    const stream = String(row.stream);
    return { stream, head: row.line === null ? null : headIn(stream, row) };
  });
}

/** The event behind each head, the table's row and what is to stand beside it. Throws where a head has moved. */
export async function appendDecision(
  queries: Queries,
  repository: string,
  places: readonly Place[],
  eventOf: () => NewEvent,
  beside: readonly Statement[],
): Promise<void> {
  const sealed = places.map(({ stream, head }) => ({ stream, events: seal(stream, head, [eventOf()]) }));
  // Refuses what every other home of a ledger refuses too.
  for (const { events } of sealed) segmentText(events);
  const { sql, parameters } = together([
    ...sealed.map(({ stream, events }) => eventsInsert(repository, stream, events)),
    // The streams hold the same decision, and the table one row of it.
    ...(sealed[0]?.events ?? []).flatMap((event) => projection(repository, event) ?? []),
    ...beside,
  ]);
  try {
    await queries.query(sql, parameters);
  } catch (error) {
    throw isUniqueViolation(error) ? new HeadMoved(sealed.map(({ stream }) => stream).join(", ")) : error;
  }
}
