import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import type { Access } from "./access.ts";
import { html } from "./html.ts";
import type { Page } from "./layout.ts";
import { moment } from "./moment.ts";
import type { Session } from "./sessions.ts";
import { type Column, table } from "./table.ts";

/** Deliveries that could not be worked on, for who may mend it. Never what was in them. */

const mostRows = 100;
const mostErrorCharacters = 400;

const delivery = z.looseObject({
  delivery_id: z.string(),
  event: z.string(),
  action: z.string().nullable(),
  repository: z.string().nullable(),
  installation: z.string().nullable(),
  received_at: z.union([z.date(), z.string()]),
  attempts: z.coerce.number(),
  error: z.string().nullable(),
});
export type Parked = z.infer<typeof delivery>;

/** The newest parked deliveries of repositories that the person administers; undefined for who administers none. */
export async function parkedFor(
  database: Database,
  access: Access,
  session: Session,
): Promise<Parked[] | undefined> {
  const known = await database.query(repositoriesOfInstallations);
  const pairs = known.map((row) => pair.parse(row));
  const mine = await administered(
    access,
    session,
    pairs.map((one) => one.repository),
  );
  if (mine.size === 0) return undefined;
  const installations = pairs.filter((one) => mine.has(one.repository)).map((one) => one.installation);
  const rows = await database.query(newestParked, [
    JSON.stringify([...mine]),
    JSON.stringify([...new Set(installations)]),
    mostRows,
  ]);
  return rows.map((row) => delivery.parse(row));
}

const pair = z.looseObject({ repository: z.string(), installation: z.string().nullable() });

const repositoriesOfInstallations = `
  select repository, max(installation_id)::text as installation from (
    select repository, installation_id, sequence from inbox where state = 'parked' and repository is not null
    union all (select repository, null, null from decisions order by decided_at desc limit 200)
  ) as known where strpos(repository, '@') = 0 group by repository order by max(sequence) desc nulls last limit 100`;

/** A delivery without a repository, such as a new installation's, is for an admin of any repository there. */
const newestParked = `
  select delivery_id, event, action, repository, installation_id::text as installation, received_at, attempts,
    left(error, ${mostErrorCharacters}) as error
  from inbox
  where state = 'parked' and (repository in (select jsonb_array_elements_text($1::text::jsonb))
    or (repository is null and installation_id::text in (select jsonb_array_elements_text($2::text::jsonb))))
  order by sequence desc limit $3::int`;

async function administered(
  access: Access,
  session: Session,
  repositories: readonly string[],
): Promise<Set<string>> {
  const readable = await access.among(session, repositories);
  const sights = await Promise.all(readable.map((repository) => access.of(session, repository)));
  return new Set(readable.filter((_, index) => sights[index]?.admin));
}

export function deliveriesPage(rows: readonly Parked[], now: Date): Page {
  return {
    title: "Parked deliveries",
    here: "deliveries",
    body: html`<h1>Parked deliveries</h1>
<p class="lead">Events of GitHub that failed again and again and were put aside, so that those behind them could go on.
Nothing of them is lost. Shown for repositories that you administer.</p>
${rows.length > 0 ? table("Newest first", columns(now), rows) : nothing}`,
  };
}

const nothing = html`<div class="empty"><p>Nothing is parked.</p><p>Every delivery was worked on, or waits for its
turn.</p></div>`;

function columns(now: Date): Column<Parked>[] {
  return [
    {
      title: "Event",
      heads: true,
      cell: (row) =>
        html`${row.event}${row.action && `, ${row.action}`}<span class="small">${row.repository ?? "no repository"}</span>`,
    },
    { title: "Error", cell: (row) => row.error ?? "none was kept" },
    { title: "Attempts", kind: "number", cell: (row) => row.attempts },
    { title: "Received", cell: (row) => moment(new Date(row.received_at).toISOString(), now) },
    { title: "Delivery", cell: (row) => html`<code>${row.delivery_id}</code>` },
  ];
}
