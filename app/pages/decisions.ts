import * as z from "zod";
import type { Database, Row } from "../../adapters/database/database.ts";
import { type Decision, decisionDocument } from "../../core/decision/shape.ts";
import type { Hold } from "../../core/evidence/holds.ts";

/** Decisions as the database holds them, for repositories that the reader was found to see. */

export const pageRows = 25;
const mostRepositories = 100;

/** A document that another version of the App wrote may not be readable: the row is shown all the same. */
export type Found = {
  repository: string;
  id: string;
  decidedAt: string;
  decision: Decision | undefined;
  /** A person's hold that stands now; `elsewhere` is another pull request of the same commit. */
  hold?: (Hold & { elsewhere?: number }) | undefined;
  /** As the author of the change wrote them. */
  title?: string;
  author?: string;
};

const row = z.looseObject({
  repository: z.string(),
  decision_id: z.string(),
  decided_at: z.union([z.date(), z.string()]),
  document: z.unknown(),
});

function found(given: Row): Found {
  const { repository, decision_id: id, decided_at: at, document } = row.parse(given);
  const parsed = decisionDocument.safeParse(typeof document === "string" ? JSON.parse(document) : document);
  return {
    repository,
    id,
    decidedAt: new Date(at).toISOString(),
    decision: parsed.success ? parsed.data : undefined,
  };
}

/** The repositories with the newest decisions first. */
export async function recentRepositories(database: Database): Promise<string[]> {
  const rows = await database.query(
    "select repository from decisions where strpos(repository, '@') = 0 group by repository order by max(decided_at) desc, repository limit $1",
    [mostRepositories],
  );
  return rows.map((one) => row.pick({ repository: true }).parse(one).repository);
}

export type Listing = { repositories: string[]; every: boolean; page: number };

/** One page of decisions, and one row more where another page follows. */
export async function listDecisions(database: Database, listing: Listing): Promise<Found[]> {
  const { repositories, every, page } = listing;
  const rows = await database.query(every ? everyDecision : newestOfEach, [
    JSON.stringify(repositories),
    pageRows + 1,
    (page - 1) * pageRows,
  ]);
  return rows.map(found);
}

const among = "repository in (select jsonb_array_elements_text($1::text::jsonb))";
const fields = "repository, decision_id, decided_at, document";
const newestFirst = "order by decided_at desc, repository, decision_id limit $2::int offset $3::int";
const everyDecision = `select ${fields} from decisions where ${among} ${newestFirst}`;
const newestOfEach = `select ${fields} from (
  select ${fields}, row_number() over (
    partition by repository, environment, coalesce('#' || pull_request, head, decision_id)
    order by decided_at desc, decision_id) as place
  from decisions where ${among}) as ranked
  where place = 1 ${newestFirst}`;

export async function oneDecision(
  database: Database,
  repository: string,
  id: string,
): Promise<Found | undefined> {
  const rows = await database.query(
    `select ${fields} from decisions where repository = $1 and decision_id = $2 limit 1`,
    [repository, id],
  );
  return rows[0] ? found(rows[0]) : undefined;
}
