import * as z from "zod";
import type { Queries } from "../adapters/database/database.ts";
import type { Statement } from "../adapters/database/together.ts";
import { type ChangeFacts, changeFacts } from "../core/change/facts.ts";
import type { GivenFacts } from "../core/change/merge.ts";

/** What was measured for a commit, by whoever sent it, and what each decision was made of; old rows go (forget.ts). */

/** The source under which the facts of a decision itself are kept, for replaying another policy. */
export const decisionSource = "decision";

const row = z.object({ trusted: z.boolean(), body: changeFacts });

/** Everything that was sent for this commit; what does not fit the schema any more is left out. */
export async function givenFacts(database: Queries, repository: string, sha: string): Promise<GivenFacts[]> {
  const rows = await database.query(
    "select trusted, body from facts where repository = $1 and sha = $2 and source <> $3 order by source",
    [repository, sha, decisionSource],
  );
  return rows.flatMap((one) => {
    const { data } = row.safeParse(one);
    return data ? [{ from: "file" as const, trusted: data.trusted, facts: data.body }] : [];
  });
}

export async function keepFacts(
  database: Queries,
  about: { repository: string; sha: string; facts: ChangeFacts },
  origin?: { source: string; trusted: boolean },
): Promise<void> {
  const { sql, parameters } = factsInsert(about, origin);
  await database.query(sql, parameters);
}

export function factsInsert(
  about: { repository: string; sha: string; facts: ChangeFacts },
  origin: { source: string; trusted: boolean } = { source: decisionSource, trusted: true },
): Statement {
  return {
    sql: `insert into facts (repository, sha, source, trusted, body) values ($1, $2, $3, $4, $5::jsonb)
     on conflict (repository, sha, source) do update
     set body = excluded.body, trusted = excluded.trusted, received_at = now()`,
    parameters: [about.repository, about.sha, origin.source, origin.trusted, JSON.stringify(about.facts)],
  };
}
