import * as z from "zod";
import type { Subject } from "../adapters/github/subject.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import { type Settling, settling } from "../core/decision/provisional.ts";
import type { PolicyBundle } from "../core/policy/schema.ts";
import { lookAgain } from "./look-again.ts";
import type { Work } from "./ports.ts";

const heard = z.object({ at: z.coerce.date() });

/** Whether the score may still change; where it may, the deadline brings the pull request back by itself. */
export async function settlingOf(
  subject: Subject,
  facts: ChangeFacts,
  policy: PolicyBundle,
  work: Work,
): Promise<Settling> {
  const first = settling(facts, policy, { headAt: work.now, now: work.now });
  if (!first.provisional || !subject.pullRequest) return { provisional: false, missing: first.missing };
  const repository = `${subject.owner}/${subject.name}`;
  const headAt = await heardOf(`head ${repository} ${subject.head}`, work);
  const answer = settling(facts, policy, { headAt, now: work.now });
  if (answer.provisional) {
    const { number } = subject.pullRequest;
    await lookAgain({ repository, number, why: subject.head }, new Date(answer.until), work);
  }
  return answer;
}

/** When the App first heard of a head: its commit's own date is its author's word. */
async function heardOf(key: string, work: Work): Promise<Date> {
  await work.database.query(
    "insert into effects (key, intended_at) values ($1, $2) on conflict (key) do nothing",
    [key, work.now],
  );
  const [row] = await work.database.query("select intended_at as at from effects where key = $1", [key]);
  return heard.parse(row).at;
}
