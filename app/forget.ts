import type { Queries } from "../adapters/database/database.ts";

/** What goes by itself, when, and why not sooner. Everything else is kept. */
export type Rule = {
  table: string;
  /** Which rows, in words. */
  rows: string;
  condition: string;
  /** The moment that days are counted from. */
  since: string;
  days: number;
  why: string;
  /** The row itself stays, without this. */
  emptied?: string;
};

/**
 * The tables `decisions` and `ledger_events` are in no rule: a chain proves nothing once its beginning is gone, and what
 * was decided, by whom and why is what an auditor asks for years later.
 */
export const rules: readonly Rule[] = [
  {
    table: "inbox",
    rows: "deliveries that were handled",
    condition: "state = 'done'",
    since: "finished_at",
    days: 30,
    why: "GitHub sends again for three days",
  },
  {
    table: "inbox",
    rows: "payloads of deliveries that were set aside; the row stays with its error",
    condition: "state = 'parked' and payload <> ''",
    since: "finished_at",
    days: 90,
    why: "time to mend the cause and run them again",
    emptied: "payload",
  },
  {
    table: "effects",
    rows: "what was done on GitHub",
    condition: "true",
    since: "done_at",
    days: 90,
    why: "nothing asks for it again by then",
  },
  {
    table: "facts",
    rows: "what was measured for a commit",
    condition: "true",
    since: "received_at",
    days: 400,
    why: "a change of the policy is tried on the latest 200 changes",
  },
  {
    table: "gates",
    rows: "environments that neither wait nor were let through",
    condition: "state <> 'waiting' and (state <> 'answered' or answer is distinct from 'approved')",
    since: "requested_at",
    days: 400,
    why: "what was let through is kept: a release begins there",
  },
  {
    table: "service_tokens",
    rows: "tokens that ended",
    condition: "true",
    since: "expires_at",
    days: 90,
    why: "the list shows for a while which ones ended",
  },
  {
    table: "sessions",
    rows: "sign-ins that ended",
    condition: "true",
    since: "expires_at",
    days: 0,
    why: "nobody comes back with them",
  },
  {
    table: "idempotency_keys",
    rows: "answers to requests of the API",
    condition: "true",
    since: "claimed_at",
    days: 1,
    why: "a request is repeated within a day",
  },
  {
    table: "analyses",
    rows: "comparisons of rollouts that nobody asks about",
    condition: "true",
    since: "asked_at",
    days: 180,
    why: "the noise of a service is learnt from its latest rollouts",
  },
  {
    table: "courtesies",
    rows: "who asked for what anybody may ask for",
    condition: "true",
    since: "at",
    days: 1,
    why: "they are counted by the hour",
  },
];

/** So few at a time that no other question waits for them long; what is left after so many goes the next time. */
const usualBatch = { rows: 500, batches: 200 };

export async function forgetOld(database: Queries, now: Date, most = usualBatch): Promise<void> {
  for (const rule of rules) {
    const before = new Date(now.getTime() - rule.days * 86_400_000);
    for (let batch = 0; batch < most.batches; batch += 1) {
      const gone = await database.query(statementOf(rule), [before, most.rows]);
      if (gone.length < most.rows) break;
    }
  }
}

/** What another replica has in hand is passed over. */
function statementOf({ table, condition, since, emptied }: Rule): string {
  const some = `select ctid from ${table} where ${condition} and ${since} < $1 limit $2 for update skip locked`;
  const change = emptied === undefined ? `delete from ${table}` : `update ${table} set ${emptied} = ''`;
  return `${change} where ctid = any (array (${some})) returning 1 as gone`;
}
