import * as z from "zod";
import type { Database } from "../../adapters/database/database.ts";
import { digest, randomText, type Secrets } from "./secrets.ts";

/** Who is signed in: kept in the database, so that any replica knows, and a sign-out holds everywhere at once. */
export type Session = { id: string; login: string; token: string };

export type Sessions = {
  /** Gives the secret for the cookie; it is stored nowhere. */
  begin(person: { login: string; token: string }, seconds: number): Promise<string>;
  find(id: string): Promise<Session | undefined>;
  end(id: string): Promise<void>;
};

const row = z.looseObject({ login: z.string(), token: z.string() });

export function sessionsIn(database: Database, secrets: Secrets, now: () => Date): Sessions {
  return {
    begin: async ({ login, token }, seconds) => {
      const id = randomText();
      const [key, at] = [digest(id), now()];
      await database.query("delete from sessions where expires_at <= $1", [at.toISOString()]);
      await database.query(
        "insert into sessions (id_hash, login, token, created_at, expires_at) values ($1, $2, $3, $4, $5)",
        [
          key,
          login,
          secrets.seal(token, key),
          at.toISOString(),
          new Date(at.getTime() + seconds * 1000).toISOString(),
        ],
      );
      return id;
    },
    find: async (id) => {
      const key = digest(id);
      const rows = await database.query(
        "select login, token from sessions where id_hash = $1 and expires_at > $2",
        [key, now().toISOString()],
      );
      const found = row.safeParse(rows[0]);
      const token = found.success ? secrets.open(found.data.token, key) : undefined;
      return found.success && token !== undefined ? { id, login: found.data.login, token } : undefined;
    },
    end: async (id) => {
      await database.query("delete from sessions where id_hash = $1", [digest(id)]);
    },
  };
}
