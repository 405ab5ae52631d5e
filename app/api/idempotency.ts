import { randomUUID } from "node:crypto";
import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { sha256 } from "../../core/evidence/canonical.ts";
import { Problem } from "./problem.ts";

/** An answer as it goes out: its text is kept to the byte. */
export type Answer = { status: number; text: string };
/** What a request writes carries its nonce. `again`: an earlier attempt may have written it already. */
export type Attempt = { nonce: string; again: boolean };
type Asked = { caller: string; key: string; method: string; path: string; body: string; now: Date };

const keptMs = 24 * 60 * 60 * 1000;
/** Nobody works at a claim whose lock is free: its process died, or lost the database and ends within this time. */
const abandonedMs = 2000;

const claimed = z.object({ nonce: z.string() });
const stored = z.object({
  fingerprint: z.string(),
  status: z.int().nullable(),
  answer: z.string().nullable(),
});

/** The same key with the same body is answered once and told again; only what succeeded is kept. */
export async function answeredOnce(
  database: Database,
  asked: Asked,
  work: (attempt: Attempt) => Promise<Answer>,
): Promise<Answer & { replayed: boolean }> {
  const { caller, key } = asked;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw new Problem(400, "bad-idempotency-key", "Idempotency-Key is 1 to 200 visible ASCII characters.");
  const fingerprint = sha256(`${asked.method} ${asked.path}\n${asked.body}`);
  // It ends with its process: what a killed replica had begun, the next one goes on with.
  const unlock = await database.tryLock(`request ${caller} ${key}`, () => undefined);
  try {
    const kept =
      (unlock && (await claim(database, asked, fingerprint))) ??
      (await keptAnswer(database, asked, fingerprint));
    if ("status" in kept) return { ...kept, replayed: true };
    return { ...(await attempted(database, asked, () => work(kept))), replayed: false };
  } finally {
    await unlock?.();
  }
}

async function attempted(database: Database, asked: Asked, work: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer;
  try {
    answer = await work();
  } catch (error) {
    await letGo(database, asked, wroteNothing(error));
    throw error;
  }
  await database.query(
    "update idempotency_keys set status = $3, answer = $4 where caller = $1 and key = $2",
    [asked.caller, asked.key, answer.status, answer.text],
  );
  return answer;
}

/** A refusal comes before anything is written. After any other fault the same request has to look first. */
function wroteNothing(error: unknown): boolean {
  return error instanceof Problem || (error instanceof UserError && error.exitCode !== exitCodes.unavailable);
}

async function letGo(database: Database, { caller, key }: Asked, forgotten: boolean): Promise<void> {
  const change = forgotten ? "delete from idempotency_keys" : "update idempotency_keys set let_go = true";
  await database.query(`${change} where caller = $1 and key = $2 and status is null`, [caller, key]);
}

async function claim(database: Database, asked: Asked, fingerprint: string): Promise<Attempt | undefined> {
  const { caller, key, now } = asked;
  const ago = (milliseconds: number) => new Date(now.getTime() - milliseconds).toISOString();
  await database.query("delete from idempotency_keys where claimed_at < $1", [ago(keptMs)]);
  const fresh = randomUUID();
  const [won] = await database.query(
    `insert into idempotency_keys (caller, key, fingerprint, claimed_at, nonce) values ($1, $2, $3, $4, $6)
     on conflict (caller, key) do update set claimed_at = excluded.claimed_at, let_go = false
     where idempotency_keys.status is null and (idempotency_keys.claimed_at < $5 or idempotency_keys.let_go)
       and idempotency_keys.fingerprint = excluded.fingerprint
     returning nonce`,
    [caller, key, fingerprint, now.toISOString(), ago(abandonedMs), fresh],
  );
  if (!won) return undefined;
  const { nonce } = claimed.parse(won);
  return { nonce: nonce || fresh, again: nonce !== fresh };
}

async function keptAnswer(database: Database, { caller, key }: Asked, fingerprint: string): Promise<Answer> {
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
