import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import type { Address } from "./address.ts";

/** The table of deliveries: each stands there once, from its acknowledgement on. */
export type Delivery = { id: string; event: string; address: Address; payload: string };

export async function insertDeliveries(database: Queries, deliveries: readonly Delivery[]): Promise<void> {
  const column = (of: (delivery: Delivery) => unknown) => deliveries.map(of);
  await database.query(
    `insert into inbox (delivery_id, event, action, installation_id, repository, lane, payload)
     select * from unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::text[])
     on conflict (delivery_id) do nothing`,
    [
      column(({ id }) => id),
      column(({ event }) => event),
      column(({ address }) => address.action ?? null),
      column(({ address }) => address.installation ?? null),
      column(({ address }) => address.repository ?? null),
      column(({ address }) => address.lane),
      column(({ payload }) => payload),
    ],
  );
}

const waiting = z.object({
  sequence: z.coerce.number(),
  delivery_id: z.string(),
  event: z.string(),
  action: z.string().nullable(),
  installation_id: z.coerce.number().nullable(),
  repository: z.string().nullable(),
  lane: z.string(),
  payload: z.string(),
  received_at: z.coerce.date(),
  attempts: z.number(),
  superseded: z.boolean(),
});
export type Waiting = z.infer<typeof waiting>;

/**
 * The oldest delivery of a lane that waits, where its time has come. A failed one holds up those behind it. A push that
 * another push follows needs no decision of its own; an edit that follows may be of the text alone, and decides nothing.
 * Of several times to look at the same thing again the last one is enough.
 */
export async function nextInLane(database: Queries, lane: string, now: Date): Promise<Waiting | undefined> {
  const [row] = await database.query(oldest(""), [lane, now]);
  return row && waiting.parse(row);
}

const oldest = (other: string): string =>
  `select first.*, exists (
       select 1 from inbox later
       where later.lane = first.lane and later.state = 'waiting' and later.sequence > first.sequence
         and first.event = later.event and (
           first.event = 'pull_request'
             and first.action in ('opened', 'synchronize', 'reopened', 'edited')
             and later.action in ('opened', 'synchronize', 'reopened')
           or first.event = 'timer' and first.action = later.action and first.action in ('settle', 'facts', 'gate'))
     ) as superseded
     from (select * from inbox where lane = $1 and state = 'waiting' ${other} order by sequence limit 1) first
     where first.not_before is null or first.not_before <= $2`;

/**
 * What a payload says is not kept beyond its use; the row stays, so that a repeated delivery is known. Gives what is
 * next in its lane.
 */
export async function finish(
  database: Queries,
  { sequence, lane }: Pick<Waiting, "sequence" | "lane">,
  note: string | null,
  now: Date,
): Promise<Waiting | undefined> {
  const [row] = await database.query(
    `with finished as (
       update inbox set state = 'done', payload = '', error = $4, finished_at = now() where sequence = $3
     ) ${oldest("and sequence <> $3")}`,
    [lane, now, sequence, note],
  );
  return row && waiting.parse(row);
}

export async function putBack(
  database: Queries,
  sequence: number,
  error: string,
  notBefore: Date,
): Promise<void> {
  await database.query(
    "update inbox set attempts = attempts + 1, error = $2, not_before = $3 where sequence = $1",
    [sequence, error, notBefore],
  );
}

/** A delivery that cannot be handled is set aside with its error, and the lane goes on. */
export async function park(database: Queries, sequence: number, error: string): Promise<void> {
  await database.query(
    "update inbox set state = 'parked', attempts = attempts + 1, error = $2, finished_at = now() where sequence = $1",
    [sequence, error],
  );
}

const ready = z.object({ lane: z.string(), installation_id: z.coerce.number().nullable() });
export type ReadyLane = z.infer<typeof ready>;

/**
 * Lanes with something to do, one of each installation in turn, so that a busy one does not hide the others. From one
 * installation to the next by its index: what waits beside the first lanes of each is not read.
 */
export async function readyLanes(database: Queries, now: Date, most: number): Promise<ReadyLane[]> {
  const rows = await database.query(
    `with recursive busy (id) as (
       select min(coalesce(installation_id, 0)) from inbox where state = 'waiting'
       union all
       select (select min(coalesce(installation_id, 0)) from inbox
         where state = 'waiting' and coalesce(installation_id, 0) > busy.id)
       from busy where busy.id is not null
     )
     select lane, installation_id from busy cross join lateral (
       select lane, installation_id, sequence, row_number() over (order by sequence) as turn from (
         select lane, installation_id, sequence from inbox head
         where state = 'waiting' and coalesce(installation_id, 0) = busy.id
           and (not_before is null or not_before <= $1)
           and not exists (select 1 from inbox earlier
             where earlier.state = 'waiting' and earlier.lane = head.lane and earlier.sequence < head.sequence)
         order by sequence limit $2
       ) heads
     ) turns order by turn, sequence limit $2`,
    [now, most],
  );
  return rows.map((row) => ready.parse(row));
}
