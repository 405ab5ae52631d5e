import pg from "pg";
import type { Database, Queries, Row } from "./database.ts";
import { databaseFault, isConnectionFault } from "./fault.ts";
import { oneByOne } from "./one-by-one.ts";
import { asParameters, readers, wholeNumber } from "./parameters.ts";
import { databaseAddress } from "./postgres-address.ts";
import { sessionLocks } from "./session-locks.ts";

/** A PostgreSQL server. Nothing is asked of it yet: one that is away is an error of each question, until it is back. */
export function openPostgres(url: string, connections = 10): Database {
  const place = databaseAddress(url);
  const config = {
    connectionString: url,
    application_name: "adaptive-deploy",
    types: { getTypeParser },
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    connectionTimeoutMillis: 10_000,
    // A connection that a firewall forgot answers nothing at all; without a limit its question would wait for ever.
    query_timeout: 60_000,
  };
  const pool = new pg.Pool({ ...config, max: connections });
  // An idle connection that breaks is replaced by the next question; without a listener it would end the process.
  pool.on("error", () => undefined);
  const locks = sessionLocks(() => new pg.Client({ ...config, query_timeout: 5_000 }), place);
  return {
    kind: "postgres",
    query: async (sql, parameters = []) => {
      const client = await connected(pool, place);
      return await using(client, () => ask(client, place, sql, parameters), parameters.length === 0);
    },
    transaction: async (work) => {
      const client = await connected(pool, place);
      return await using(client, () => transact(client, place, work), false);
    },
    tryLock: locks.tryLock,
    close: async () => {
      await locks.close();
      if (!pool.ended && !pool.ending) await pool.end();
    },
  };
}

async function connected(pool: pg.Pool, place: string): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw databaseFault(place, error);
  }
}

/** Gives the connection back, or closes it where it broke or may stand in the middle of a script. */
async function using<Result>(
  client: pg.PoolClient,
  work: () => Promise<Result>,
  isScript: boolean,
): Promise<Result> {
  let broken = false;
  const onError = () => {
    broken = true;
  };
  client.on("error", onError);
  try {
    return await work();
  } catch (error) {
    broken ||= isScript || brokenWith.has(client);
    throw error;
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

/** Connections on which a question failed for another reason than its SQL. */
const brokenWith = new WeakSet<pg.PoolClient>();

async function ask(
  client: pg.PoolClient,
  place: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  return rowsOf(await asked(client, place, sql, parameters));
}

type Answer = { command: string; rows: Row[] };

async function asked(
  client: pg.PoolClient,
  place: string,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Answer | Answer[]> {
  try {
    return await client.query<Row>(sql, asParameters(parameters));
  } catch (error) {
    if (isConnectionFault(error)) brokenWith.add(client);
    throw databaseFault(place, error);
  }
}

async function transact<Result>(
  client: pg.PoolClient,
  place: string,
  work: (within: Queries) => Promise<Result>,
): Promise<Result> {
  let open = true;
  const next = oneByOne();
  const within: Queries = {
    query: async (sql, parameters = []) => {
      if (!open) throw new Error("Transaction is closed");
      return await next(() => ask(client, place, sql, parameters));
    },
  };
  await asked(client, place, "begin");
  try {
    const result = await work(within);
    open = false;
    // The commit of a transaction in which something failed is a rollback, and the server calls it no error.
    if (commandOf(await asked(client, place, "commit")) === "ROLLBACK")
      throw new Error("The transaction was rolled back: one of its statements had failed.");
    return result;
  } catch (error) {
    open = false;
    await client.query("rollback").catch(() => brokenWith.add(client));
    throw error;
  }
}

/** A script of several statements has an answer for each. */
const rowsOf = (answer: Answer | Answer[]): Row[] =>
  Array.isArray(answer) ? answer.flatMap(({ rows }) => rows) : answer.rows;

const commandOf = (answer: Answer | Answer[]): string | undefined =>
  Array.isArray(answer) ? answer.at(-1)?.command : answer.command;

const wholeNumbersArray = 1016;

/** As the embedded database reads them; what is not named here both drivers read alike. */
function getTypeParser(type: number, format?: "text" | "binary"): (text: string) => unknown {
  const read = format === "binary" ? undefined : readers[type];
  if (read !== undefined) return read;
  const standard: (text: string) => unknown = pg.types.getTypeParser(type, format);
  if (type !== wholeNumbersArray) return standard;
  return (text) => deepNumbers(standard(text));
}

function deepNumbers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(deepNumbers);
  return typeof value === "string" ? wholeNumber(value) : value;
}
