import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { holdOf } from "../../core/evidence/holds.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import type { Found } from "./decisions.ts";
import { saidSince } from "./said-since.ts";

/** Somebody's hold that stands now, beside each decision, so that no page says "may go" where the check does not. */
export async function withHolds(database: Database, decisions: readonly Found[]): Promise<Found[]> {
  const said = await saidSince(database, decisions, ["hold", "hold-release"]);
  if (said.size === 0) return [...decisions];
  const pulls = await pullsByHead(database, decisions);
  return decisions.map((found) => {
    const hold = standingHold(found, said.get(found.repository) ?? [], pulls);
    return hold ? { ...found, hold } : found;
  });
}

/** A hold is on a pull request, and on every other of the same commit, because a check belongs to a commit. */
function standingHold(
  { repository, decision }: Found,
  said: readonly LedgerEvent[],
  pulls: ReadonlyMap<string, number[]>,
): Found["hold"] {
  const own = decision?.subject.pull_request;
  if (!decision || own === undefined || decision.mode === "shadow") return undefined;
  const events = said.filter(({ stream }) => stream === changesStream);
  for (const number of [own, ...(pulls.get(`${repository} ${decision.subject.head}`) ?? [])]) {
    const hold = holdOf(events, { repository, pull_request: number }, { trusted: true });
    if (hold) return number === own ? hold : { ...hold, elsewhere: number };
  }
  return undefined;
}

const pullOfHead = z.looseObject({ repository: z.string(), head: z.string(), pull_request: z.int() });

async function pullsByHead(database: Database, decisions: readonly Found[]): Promise<Map<string, number[]>> {
  const heads = decisions.flatMap(({ decision }) => decision?.subject.head ?? []);
  const rows = await database.query(
    `select distinct repository, head, pull_request from decisions
     where head in (select jsonb_array_elements_text($1::text::jsonb)) and pull_request is not null
     order by pull_request`,
    [JSON.stringify(heads)],
  );
  const pulls = new Map<string, number[]>();
  for (const { repository, head, pull_request: number } of rows.map((row) => pullOfHead.parse(row)))
    pulls.set(`${repository} ${head}`, [...(pulls.get(`${repository} ${head}`) ?? []), number]);
  return pulls;
}
