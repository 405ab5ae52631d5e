import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { decisionSource } from "../kept-facts.ts";
import type { Found } from "./decisions.ts";

/**
 * What a pull request is called and who opened it, from the facts that are kept with its decision. Only decisions
 * that the reader may see come here, so that a title is shown to nobody else.
 */
export async function withTitles(database: Database, decisions: readonly Found[]): Promise<Found[]> {
  const heads = decisions.flatMap(({ decision }) => decision?.subject.head ?? []);
  if (heads.length === 0) return [...decisions];
  const repositories = [...new Set(decisions.map(({ repository }) => repository))];
  const rows = await database.query(kept, [
    decisionSource,
    JSON.stringify(repositories),
    JSON.stringify(heads),
  ]);
  const named = new Map(
    rows.map((row) => titled.parse(row)).map((one) => [`${one.repository} ${one.sha} ${one.pull}`, one]),
  );
  return decisions.map((found) => {
    const { head, pull_request: pull } = found.decision?.subject ?? {};
    const { title, author } = named.get(`${found.repository} ${head} ${pull}`) ?? {};
    return { ...found, ...(title ? { title } : {}), ...(author ? { author } : {}) };
  });
}

const titled = z.looseObject({
  repository: z.string(),
  sha: z.string(),
  pull: z.string().nullable(),
  title: z.string().nullable(),
  author: z.string().nullable(),
});

const kept = `
  select repository, sha, body->'change'->>'pull_request' as pull,
    body->'change'->>'title' as title, body->'change'->>'author' as author
  from facts where source = $1 and repository in (select jsonb_array_elements_text($2::text::jsonb))
    and sha in (select jsonb_array_elements_text($3::text::jsonb))`;
