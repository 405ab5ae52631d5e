import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import { type ChangeFacts, changeFacts } from "../../core/change/facts.ts";
import { insertDeliveries } from "../inbox/store.ts";
import { newFactsDelivery } from "../new-facts.ts";
import { Problem } from "./problem.ts";
import { permitted, posting, trusts } from "./route.ts";
import { fullSha, repositoryName } from "./shapes.ts";

const factsRequest = z.strictObject({
  repository: repositoryName,
  sha: fullSha,
  label: z
    .string()
    .regex(/^[\w.-]{1,60}$/)
    .optional()
    .describe("Tells several reports of one workflow apart, for example unit-tests."),
  facts: changeFacts.describe("risk-inputs.json, as `collect` writes it."),
});

const factsAnswer = z.strictObject({
  repository: z.string(),
  sha: z.string(),
  source: z.string(),
  trusted: z.boolean().describe("false: in enforced mode these facts may raise the score and lower nothing."),
});

export const factsRoute = posting({
  path: "/v1/facts",
  summary: "Stores what was measured for a commit; a later report of the same source replaces it.",
  scope: "facts:write",
  body: factsRequest,
  limitBytes: 5 * 1024 * 1024,
  status: 201,
  answer: factsAnswer,
  async run(asked, { repository: name, sha, label, facts }) {
    const { options, caller } = asked;
    const repository = await permitted(asked, name);
    requireFitting(facts, { repository: name, sha });
    const trusted = trusts(asked, repository);
    const source = label === undefined ? caller.source : `${caller.source} #${label}`;
    const answer = { repository: repository.name, sha, source, trusted };
    await requireRoom(options.database, answer);
    const { installation } = repository;
    await options.database.transaction(async (within) => {
      await store(within, answer, JSON.stringify(facts), options.now());
      await insertDeliveries(within, [newFactsDelivery({ installation, repository: repository.name, sha })]);
    });
    return answer;
  },
});

async function store(
  database: Queries,
  { repository, sha, source, trusted }: z.infer<typeof factsAnswer>,
  body: string,
  now: Date,
): Promise<void> {
  await database.query(
    `insert into facts (repository, sha, source, trusted, body, received_at)
     values ($1, $2, $3, $4, $5::text::jsonb, $6)
     on conflict (repository, sha, source)
     do update set trusted = excluded.trusted, body = excluded.body, received_at = excluded.received_at`,
    [repository, sha, source, trusted, body, now.toISOString()],
  );
}

const mostSources = 50;

/** What is given with a commit is about it, and a database can keep it. */
export function requireFitting(
  facts: ChangeFacts,
  { repository, sha }: { repository: string; sha: string },
): void {
  const { change } = facts;
  if (change?.head != null && change.head !== sha)
    throw mismatch(`change.head is ${change.head.slice(0, 64)} and sha is ${sha}`);
  if (change?.repository != null && change.repository.toLowerCase() !== repository.toLowerCase())
    throw mismatch(`change.repository is not ${repository}`);
  if (isStorable(facts)) return;
  throw new Problem(
    422,
    "bad-text",
    "A text of the facts holds a NUL character or half a character, which no database keeps. Leave it out.",
  );
}

/** Trusted and other sources are counted apart, so that a pull request cannot take the place of what counts. */
export async function requireRoom(
  database: Queries,
  { repository, sha, source, trusted }: z.infer<typeof factsAnswer>,
): Promise<void> {
  const rows = await database.query(
    "select source from facts where repository = $1 and sha = $2 and trusted = $3 and source <> $4 limit $5",
    [repository, sha, trusted, source, mostSources],
  );
  if (rows.length < mostSources) return;
  throw new Problem(
    422,
    "too-many-sources",
    `Facts of ${mostSources} sources are kept for this commit already. Send fewer labels.`,
  );
}

function mismatch(what: string): Problem {
  return new Problem(422, "facts-of-another-change", `The facts are of another change: ${what}.`);
}

/** Text that a jsonb column takes: whole Unicode without NUL. */
function isStorable(value: unknown): boolean {
  if (typeof value === "string") return value.isWellFormed() && !value.includes("\u0000");
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item));
}
