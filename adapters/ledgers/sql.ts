import { exitCodes, UserError } from "../../core/errors.ts";
import { openChain, seal } from "../../core/evidence/chain.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { writeLine } from "../../core/evidence/line.ts";
import { type Segment, segmentText } from "../../core/evidence/segment.ts";
import { requireStream } from "../../core/evidence/stream.ts";
import type { Head, Ledger } from "../../core/ports.ts";
import type { Database, Queries, Row } from "../database/database.ts";
import { storableText } from "../database/storable.ts";
import type { Statement } from "../database/together.ts";
import { lastEvent } from "./last-event.ts";
import { projectDecisions } from "./projections.ts";

/**
 * The ledger of one repository in the App's database. A row is an event's line to the byte; the columns beside it are
 * for finding it, and nothing is believed of them. The primary key compares and swaps: of two writers behind the same
 * head one finds its place taken.
 */
export function sqlLedger(database: Database, repository: string): Ledger {
  const reading = sqlLedgerWithin(database, repository);
  return {
    streams: () => guarded(() => reading.streams()),
    head: (stream) => guarded(() => reading.head(stream)),
    read: (stream) => guarded(() => reading.read(stream)),
    append: (stream, events, expected) =>
      guarded(() =>
        database.transaction((within) =>
          sqlLedgerWithin(within, repository).append(stream, events, expected),
        ),
      ),
  };
}

/** The same as part of a caller's transaction: what is appended stands once that is committed. */
export function sqlLedgerWithin(queries: Queries, repository: string): Ledger {
  return {
    streams: async () => {
      const rows = await queries.query("select distinct stream from ledger_events where repository = $1", [
        repository,
      ]);
      return rows.map(({ stream }) => String(stream)).sort();
    },
    head: async (stream) => {
      requireStream(stream);
      return await headOf(queries, repository, stream);
    },
    read: async (stream) => {
      requireStream(stream);
      const rows = await queries.query(
        "select sequence, line from ledger_events where repository = $1 and stream = $2 order by sequence",
        [repository, stream],
      );
      return openChain(stream, rows.map(segmentOf));
    },
    append: async (stream, events, expected) => {
      requireStream(stream);
      const sealed = seal(stream, expected, events);
      if (sealed.length === 0) return [];
      // Refuses what every other home of a ledger refuses too.
      segmentText(sealed);
      if ((await headOf(queries, repository, stream))?.hash !== expected?.hash) throw new HeadMoved(stream);
      await insert(queries, repository, stream, sealed);
      await projectDecisions(queries, repository, sealed);
      return sealed;
    },
  };
}

async function headOf(queries: Queries, repository: string, stream: string): Promise<Head | null> {
  const [row] = await queries.query(
    "select sequence, line from ledger_events where repository = $1 and stream = $2 order by sequence desc limit 1",
    [repository, stream],
  );
  return row === undefined ? null : headIn(stream, row);
}

/** The head that the last row of a stream is. */
export function headIn(stream: string, row: Row): Head {
  const last = lastEvent(stream, segmentOf(row));
  if ("sentence" in last) throw tampered(last);
  return last;
}

function segmentOf(row: Row): Segment {
  const first = Number(row.sequence);
  return { first, where: `row ${first} of ledger_events`, text: `${row.line}\n` };
}

/** Violates the primary key where another writer's event stands in the place of one. */
export function eventsInsert(repository: string, stream: string, sealed: LedgerEvent[]): Statement {
  return {
    sql: `insert into ledger_events (repository, stream, sequence, hash, kind, actor, at, line)
     select $1, $2, * from unnest($3::integer[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::text[])`,
    parameters: [
      repository,
      stream,
      sealed.map(({ sequence }) => sequence),
      sealed.map(({ hash }) => hash),
      sealed.map(({ kind }) => kind),
      sealed.map(({ actor }) => storableText(actor)),
      sealed.map(instantOf),
      sealed.map(writeLine),
    ],
  };
}

async function insert(
  queries: Queries,
  repository: string,
  stream: string,
  sealed: LedgerEvent[],
): Promise<void> {
  const { sql, parameters } = eventsInsert(repository, stream, sealed);
  const placed = await queries.query(`${sql} on conflict do nothing returning sequence`, parameters);
  if (placed.length === sealed.length) return;
  // A caller's transaction may go on after this, so what found a place behind the other writer's event goes again.
  const places = placed.map(({ sequence }) => sequence);
  await queries.query(
    "delete from ledger_events where repository = $1 and stream = $2 and sequence = any($3::integer[])",
    [repository, stream, places],
  );
  throw new HeadMoved(stream);
}

function instantOf({ kind, at }: LedgerEvent): Date {
  const instant = new Date(at);
  if (!Number.isNaN(instant.getTime())) return instant;
  throw new UserError(
    "bad-event",
    `A ${kind} event cannot be written to the ledger: ${JSON.stringify(at.slice(0, 40))} is no instant.`,
  );
}

/** Whoever appends tries a ledger again that is away for a moment; it knows that by the ledger's own reason. */
async function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError) || error.reasonCode !== "database-unavailable") throw error;
    throw new UserError("ledger-unavailable", error.message, exitCodes.unavailable);
  }
}
