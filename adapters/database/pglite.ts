import { AsyncLocalStorage } from "node:async_hooks";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import type { Database, Queries, Row } from "./database.ts";
import { unavailable } from "./fault.ts";
import { lockFolder } from "./folder-lock.ts";
import { oneByOne } from "./one-by-one.ts";
import { asParameters, readers } from "./parameters.ts";

/** PostgreSQL inside this process, in a folder or, for tests, in memory. What it promises: docs/decisions/database.md. */
export async function openPglite(folder?: string): Promise<Database> {
  if (folder === undefined) return over(await started("memory://"), async () => {});
  const full = await made(folder);
  const release = await lockFolder(full);
  try {
    return over(await started(join(full, "data")), release);
  } catch (error) {
    await release();
    throw error;
  }
}

async function made(folder: string): Promise<string> {
  const full = resolve(folder);
  try {
    await mkdir(full, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unavailable(
      `The database's folder ${full} cannot be made (${reason(error)}). Name another folder, or a PostgreSQL with DATABASE_URL.`,
    );
  }
  return full;
}

async function started(data: string): Promise<PGlite> {
  try {
    return await PGlite.create({ dataDir: data, parsers: readers });
  } catch (error) {
    throw unavailable(
      `The embedded database in ${data} does not start (${reason(error)}). Restore the folder from a copy, or move ` +
        "it aside to begin anew. What matters belongs in a PostgreSQL, named by DATABASE_URL.",
    );
  }
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

function over(pglite: PGlite, release: () => Promise<void>): Database {
  const inTurn = turns();
  const held = new Set<string>();
  return {
    kind: "pglite",
    query: (sql, parameters = []) =>
      inTurn(() => (parameters.length > 0 ? run(pglite, sql, parameters) : script(pglite, sql))),
    transaction: (work) => inTurn(() => pglite.transaction((within) => work(queriesOf(within)))),
    tryLock: async (name) => {
      if (held.has(name)) return undefined;
      held.add(name);
      let mine = true;
      return async () => {
        if (mine) held.delete(name);
        mine = false;
      };
    },
    close: async () => {
      if (!pglite.closed) await inTurn(() => pglite.close());
      await release();
    },
  };
}

/**
 * One connection serves everybody, one after another. Who asks the database from within its own transaction would
 * wait for itself for ever: that is a mistake of the caller, and said to be one.
 */
function turns(): <Result>(work: () => Promise<Result>) => Promise<Result> {
  const within = new AsyncLocalStorage<{ open: boolean }>();
  const next = oneByOne();
  return async (work) => {
    if (within.getStore()?.open) {
      throw new Error("The database was asked from within a transaction: use the transaction's own queries.");
    }
    const turn = { open: true };
    try {
      return await next(() => within.run(turn, work));
    } finally {
      turn.open = false;
    }
  };
}

type Session = Pick<PGlite, "query" | "exec">;

function queriesOf(session: Session): Queries {
  return {
    query: async (sql, parameters = []) =>
      parameters.length > 0 ? await run(session, sql, parameters) : rowsOf(await session.exec(sql)),
  };
}

async function run(session: Session, sql: string, parameters: readonly unknown[]): Promise<Row[]> {
  return (await session.query<Row>(sql, asParameters(parameters))).rows;
}

/** A script that fails between its begin and its commit must not leave the one connection in between. */
async function script(pglite: PGlite, sql: string): Promise<Row[]> {
  try {
    return rowsOf(await pglite.exec(sql));
  } catch (error) {
    await pglite.exec("rollback");
    throw error;
  }
}

/** Rows of every statement of a script, one after another. */
const rowsOf = (results: { rows: Row[] }[]): Row[] => results.flatMap(({ rows }) => rows);
