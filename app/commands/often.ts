import * as z from "zod";
import type { Asking } from "./answer.ts";

const hourMs = 60 * 60_000;
/**
 * Comments with a command of one person in one repository that are answered in an hour: who may only read and ask, and
 * who does so on a pull request of their own. Who may write is always heard: a hold must not come to nothing.
 */
export const mostAnswers = 5;
export const mostOfAuthors = 20;

type Asker = Pick<Asking, "said" | "person" | "work">;

/**
 * How many came before in this hour. Counted by the comments themselves, so that a delivery which comes twice is
 * counted once.
 */
export async function askedBefore({ said, person, work }: Asker): Promise<number> {
  const [row] = await work.database.query(
    `select count(*) as before from courtesies
     where repository = $1 and person = $2 and at > $3 and (at < $4 or at = $4 and comment < $5)`,
    [said.repository, person.toLowerCase(), new Date(said.at.getTime() - hourMs), said.at, numberOf(said)],
  );
  return z.object({ before: z.coerce.number() }).parse(row).before;
}

/** Only where the repository is configured: of any other nothing is kept. */
export async function noteAsked({ said, person, work }: Asker): Promise<void> {
  await work.database.query(
    `insert into courtesies (repository, pull_request, person, comment, at) values ($1, $2, $3, $4, $5)
     on conflict do nothing`,
    [said.repository, said.number, person.toLowerCase(), numberOf(said), said.at],
  );
}

/** Reviews and comments are counted apart on GitHub. */
const numberOf = ({ kind, id }: Asking["said"]): number => (kind === "comment" ? id : -id);

/** Nobody is to spend what GitHub lets the App ask. Who somebody is is asked only where it matters. */
export async function isTooOften(
  before: number,
  isAuthor: boolean,
  mayWrite: () => Promise<boolean>,
): Promise<boolean> {
  if (before < mostAnswers || (isAuthor && before < mostOfAuthors)) return false;
  return !(await mayWrite());
}
