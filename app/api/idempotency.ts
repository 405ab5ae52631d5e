import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { sha256 } from "../../core/evidence/canonical.ts";
import { Problem } from "./problem.ts";

/** An answer as it goes out: its text is kept to the byte. */
export type Answer = { status: number; text: string };
type Asked = { caller: string; key: string; method: string; path: string; body: string; now: Date };

const keptMs = 24 * 60 * 60 * 1000;
/** A first request that has not answered by then died with its process. */
const abandonedMs = 5 * 60 * 1000;

const stored = z.object({
  fingerprint: z.string(),
  status: z.int().nullable(),
  answer: z.string().nullable(),
});

/** The same key with the same body is answered once and told again; only what succeeded is kept. */
export async function answeredOnce(
  database: Database,
  asked: Asked,
  work: () => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const { caller, key } = asked;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new Problem(400, "bad-idempotency-key", "Idempotency-Key is 1 to 200 visible ASCII characters.");
  const fingerprint = sha256(`${asked.method} ${asked.path}\n${asked.body}`);
  const kept = await claim(database, asked, fingerprint);
  if (kept) return { ...kept, replayed: true };
  const release = () =>
    database.query("delete from idempotency_keys where caller = $1 and key = $2", [caller, key]);
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    await release();
    throw error;
  }
  await database.query(
    "update idempotency_keys set status = $3, answer = $4 where caller = $1 and key = $2",
    [caller, key, answer.status, answer.text],
  );
  return { ...answer, replayed: false };
}

async function claim(database: Database, asked: Asked, fingerprint: string): Promise<Answer | undefined> {
  const { caller, key, now } = asked;
  const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
  await database.query("delete from idempotency_keys where claimed_at < $1", [ago(keptMs)]);
  const won = await database.query(
    `insert into idempotency_keys (caller, key, fingerprint, claimed_at) values ($1, $2, $3, $4)
     on conflict (caller, key) do update set claimed_at = excluded.claimed_at
     where idempotency_keys.status is null and idempotency_keys.claimed_at < $5
       and idempotency_keys.fingerprint = excluded.fingerprint
     returning key`,
    [caller, key, fingerprint, now.toISOString(), ago(abandonedMs)],
  );
  if (won.length) return undefined;
  const rows = await database.query(
    "select fingerprint, status, answer from idempotency_keys where caller = $1 and key = $2",
    [caller, key],
  );
  const row = rows.length ? stored.parse(rows[0]) : undefined;
  if (row && row.fingerprint !== fingerprint)
    throw new Problem(
      422,
      "idempotency-key-reused",
      "This Idempotency-Key was used for another request within 24 hours. Use a new key for a new request.",
    );
  if (row?.status == null || row.answer === null)
    throw new Problem(
      409,
      "request-in-progress",
      "A request with this Idempotency-Key is still being answered. Send the same one again in a moment.",
      { "retry-after": "1" },
    );
  return { status: row.status, text: row.answer };
}
