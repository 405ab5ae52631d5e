import type pg from "pg";
import type { Database } from "./database.ts";
import { databaseFault, unavailable } from "./fault.ts";
import { oneByOne } from "./one-by-one.ts";

/** What is to be called for each lock where the connection breaks. */
type Held = Map<string, () => void>;
type Ask = <Answer extends pg.QueryResultRow>(sql: string, values?: string[]) => Promise<Answer[]>;
type Session = { client: pg.Client; ask: Ask; pid: number; held: Held; broken: boolean };

const lookEveryMs = 5_000;

/** Has the server miss a machine that lost its power after half a minute, later than we miss a server. */
const missUsSoon =
  "set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5; set tcp_keepalives_count = 3";

/**
 * Advisory locks of one connection that holds them all: the server lets go of them when that connection ends, so a
 * process that dies leaves none behind. A session may take its own lock twice, so names are also kept here.
 */
export function sessionLocks(
  connect: () => pg.Client,
  place: string,
): { tryLock: Database["tryLock"]; close: () => Promise<void> } {
  const names = new Map<string, object>();
  let current: Promise<Session> | undefined;
  let closing = false;

  const session = async (): Promise<Session> => {
    if (closing) throw unavailable(`${place} was closed.`);
    current ??= started(connect(), place, () => {
      current = undefined;
    });
    return await current;
  };

  return {
    tryLock: async (name, lost) => {
      if (names.has(name)) return undefined;
      const ours = {};
      names.set(name, ours);
      const forget = () => {
        if (names.get(name) === ours) names.delete(name);
      };
      // Once it is lost anybody may take it, this process too.
      const losing = () => {
        forget();
        lost();
      };
      try {
        const mine = await session();
        if (await taken(mine, place, name, losing)) {
          return async () => {
            await released(mine, name, losing);
            forget();
          };
        }
      } catch (error) {
        forget();
        throw error;
      }
      forget();
      return undefined;
    },
    close: async () => {
      closing = true;
      const mine = await current?.catch(() => undefined);
      mine?.held.clear();
      await mine?.client.end().catch(() => undefined);
    },
  };
}

async function started(client: pg.Client, place: string, forget: () => void): Promise<Session> {
  const next = oneByOne();
  const ask: Ask = (sql, values = []) => next(async () => (await client.query(sql, values)).rows);
  const mine: Session = { client, ask, pid: 0, held: new Map(), broken: false };
  const breaks = () => {
    if (mine.broken) return;
    mine.broken = true;
    clearInterval(looking);
    forget();
    const held = [...mine.held.values()];
    mine.held.clear();
    for (const lost of held) lost();
    client.end().catch(() => undefined);
  };
  client.on("error", breaks).on("end", breaks);
  // A connection may be gone without a word, and a pooler may hand another session under our feet.
  const looking = setInterval(() => {
    pidOf(ask).then((pid) => pid === mine.pid || breaks(), breaks);
  }, lookEveryMs);
  looking.unref();
  try {
    await client.connect();
    await ask(missUsSoon);
    mine.pid = await pidOf(ask);
    return mine;
  } catch (error) {
    breaks();
    throw databaseFault(place, error);
  }
}

async function pidOf(ask: Ask): Promise<number> {
  const rows = await ask<{ pid: number }>("select pg_backend_pid() as pid");
  return rows[0]?.pid ?? 0;
}

async function taken(mine: Session, place: string, name: string, lost: () => void): Promise<boolean> {
  try {
    const rows = await mine.ask<{ taken: boolean; pid: number }>(
      "select pg_try_advisory_lock(hashtextextended($1, 0)) as taken, pg_backend_pid() as pid",
      [name],
    );
    if (rows[0]?.taken !== true) return false;
    if (mine.broken) throw unavailable(`${place} went away while a lock was taken.`);
    if (rows[0].pid !== mine.pid) throw pooled(place);
    mine.held.set(name, lost);
    return true;
  } catch (error) {
    // It may have been given after all: a session that ends holds nothing that nobody knows of.
    await mine.client.end().catch(() => undefined);
    throw databaseFault(place, error);
  }
}

function pooled(place: string) {
  return unavailable(
    `${place} answers with another session from one question to the next, so its locks hold nothing. Name the ` +
      "server itself in DATABASE_URL, or a pooler in session mode.",
  );
}

async function released(mine: Session, name: string, lost: () => void): Promise<void> {
  if (mine.broken || mine.held.get(name) !== lost) return;
  mine.held.delete(name);
  try {
    await mine.ask("select pg_advisory_unlock(hashtextextended($1, 0))", [name]);
  } catch {
    // The connection broke, and the lock ended with it. One that is merely slow is ended, for the same effect.
    await mine.client.end().catch(() => undefined);
  }
}
