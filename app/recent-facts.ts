import * as z from "zod";
import type { Queries } from "../adapters/database/database.ts";
import { type ChangeFacts, changeFacts } from "../core/change/facts.ts";
import { decisionSource } from "./kept-facts.ts";

const row = z.object({ body: changeFacts });

/**
 * The facts of the latest decisions of a repository, newest first: of a pull request with fifty pushes only the last
 * one, so that no change counts more than another. What does not fit the schema any more is left out.
 */
export async function recentFacts(
  database: Queries,
  repository: string,
  most: number,
): Promise<ChangeFacts[]> {
  const rows = await database.query(
    `select body from (
       select distinct on (coalesce(body->'change'->>'pull_request', sha)) body, received_at, sha
       from facts where repository = $1 and source = $2
       order by coalesce(body->'change'->>'pull_request', sha), received_at desc, sha
     ) latest order by received_at desc, sha limit $3`,
    [repository, decisionSource, most],
  );
  return rows.flatMap((one) => row.safeParse(one).data?.body ?? []);
}
