import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Caller } from "./caller.ts";
import { Problem } from "./problem.ts";
import { isScope, type Scope, scopes } from "./scopes.ts";

export type TokenRequest = {
  name: string;
  /** "owner/name", or * for every repository that the App is installed on. */
  repository: string;
  scopes: readonly string[];
  days: number;
  now: Date;
};

const shape = /^ad_[A-Za-z0-9_-]{43}$/;
const dayMs = 24 * 60 * 60 * 1000;
const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

export const looksLikeServiceToken = (token: string): boolean => token.startsWith("ad_");

/** Makes a token and keeps its hash. The text is given once and never again. */
export async function createServiceToken(
  database: Database,
  about: TokenRequest,
): Promise<{ token: string; expires: Date }> {
  check(about);
  const token = `ad_${randomBytes(32).toString("base64url")}`;
  const expires = new Date(about.now.getTime() + about.days * dayMs);
  await database.query(
    `insert into service_tokens (hash, name, repository, scopes, created_at, expires_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [
      hashOf(token),
      about.name,
      about.repository.toLowerCase(),
      about.scopes.join(" "),
      about.now.toISOString(),
      expires.toISOString(),
    ],
  );
  return { token, expires };
}

function check({ name, repository, scopes: wanted, days }: TokenRequest): void {
  const fault = (sentence: string) => new UserError("bad-input", sentence, exitCodes.usage);
  if (!/^[\w .-]{1,60}$/.test(name))
    throw fault("A token's name is 1 to 60 letters, digits, dots, dashes and spaces.");
  if (repository !== "*" && !/^[\w.-]+\/[\w.-]+$/.test(repository))
    throw fault(`"${repository}" is no repository. Write owner/name, or * for every one.`);
  const unknown = wanted.filter((scope) => !isScope(scope));
  if (!wanted.length || unknown.length)
    throw fault(
      `A token needs scopes${unknown.length ? `, and "${unknown[0]}" is none` : ""}. Allowed: ${scopes.join(", ")}.`,
    );
  if (!Number.isInteger(days) || days < 1 || days > 366) throw fault("A token is good for 1 to 366 days.");
}

const listedToken = z.object({
  id: z.coerce.string(),
  name: z.string(),
  repository: z.string(),
  scopes: z.string(),
  created_at: z.coerce.date(),
  expires_at: z.coerce.date(),
  last_used_at: z.coerce.date().nullable(),
  revoked_at: z.coerce.date().nullable(),
});
const storedToken = listedToken.extend({ hash: z.string() });

export async function listServiceTokens(database: Database): Promise<z.infer<typeof listedToken>[]> {
  const rows = await database.query(
    "select id, name, repository, scopes, created_at, expires_at, last_used_at, revoked_at from service_tokens order by id",
  );
  return rows.map((row) => listedToken.parse(row));
}

/** Every request asks the table by the hash, so a token ends with it. Gives its name; undefined where there is none. */
export async function revokeServiceToken(database: Database, id: string): Promise<string | undefined> {
  const [row] = await database.query(
    "update service_tokens set revoked_at = now(), hash = 'revoked ' || id where id = $1 and revoked_at is null returning name",
    [id],
  );
  return row && z.object({ name: z.string() }).parse(row).name;
}

export async function callerOfService(database: Database, token: string, now: Date): Promise<Caller> {
  const hash = hashOf(token);
  const rows = shape.test(token)
    ? await database.query("select * from service_tokens where hash = $1", [hash])
    : [];
  const stored = rows.length ? storedToken.parse(rows[0]) : undefined;
  const same = timingSafeEqual(Buffer.from(stored?.hash ?? "0".repeat(64)), Buffer.from(hash));
  if (!stored || !same || stored.expires_at <= now) {
    throw new Problem(
      401,
      "bad-token",
      "The service token is not known or has expired. Make a new one with `npm run app:token`.",
      { "www-authenticate": 'Bearer error="invalid_token"' },
    );
  }
  await noteUse(database, stored, now);
  return {
    key: `token:${stored.id}`,
    actor: `token ${stored.name}`,
    source: `token:${stored.id} ${stored.name}`,
    repository: stored.repository,
    scopes: new Set<Scope>(stored.scopes.split(" ").filter(isScope)),
  };
}

/** To the minute: a write for every request would cost more than it tells. */
async function noteUse(database: Database, stored: z.infer<typeof storedToken>, now: Date): Promise<void> {
  if (stored.last_used_at && now.getTime() - stored.last_used_at.getTime() < 60_000) return;
  await database.query("update service_tokens set last_used_at = $2 where id = $1", [
    stored.id,
    now.toISOString(),
  ]);
}
