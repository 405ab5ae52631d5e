import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { Database, Queries } from "./database.ts";

type Migration = { name: string; sql: string; hash: string };

const shipped = fileURLToPath(new URL("./migrations/", import.meta.url));

/** Brings the schema up to date: each file once, in the order of their names, each whole or not at all. */
export async function migrate(database: Database, folder = shipped): Promise<void> {
  const migrations = await readMigrations(folder);
  await database.transaction(async (within) => {
    await alone(within);
    await within.query(
      "create table if not exists schema_migrations (name text primary key, hash text not null, applied_at timestamptz not null default now())",
    );
    refuseUnknown(migrations, await within.query("select name from schema_migrations"));
  });
  for (const migration of migrations) await database.transaction((within) => apply(within, migration));
}

async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
  return await Promise.all(
    names.map(async (name) => {
      const sql = (await readFile(`${folder}/${name}`, "utf8")).replaceAll("\r\n", "\n");
      return { name, sql, hash: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

/** Several replicas may start at once: one migrates, and the others find it done. */
async function alone(within: Queries): Promise<void> {
  await within.query("select pg_advisory_xact_lock(hashtextextended('adaptive-deploy migrations', 0))");
}

async function apply(within: Queries, migration: Migration): Promise<void> {
  await alone(within);
  const [done] = await within.query("select hash from schema_migrations where name = $1", [migration.name]);
  if (done?.hash === migration.hash) return;
  if (done !== undefined) {
    throw fault(
      `The migration ${migration.name} was changed after this database had run it. Put the old text back, and write ` +
        "what is new into a file of its own.",
    );
  }
  await within.query(migration.sql);
  await within.query("insert into schema_migrations (name, hash) values ($1, $2)", [
    migration.name,
    migration.hash,
  ]);
}

function refuseUnknown(migrations: Migration[], done: { name?: unknown }[]): void {
  const known = new Set<unknown>(migrations.map(({ name }) => name));
  const unknown = done.map(({ name }) => name).filter((name) => !known.has(name));
  if (unknown.length === 0) return;
  throw fault(
    `The database was brought up to date by a newer version, which ran ${unknown.join(", ")}. Start that version, or ` +
      "restore the database from before.",
  );
}

function fault(sentence: string): UserError {
  return new UserError("database-schema", sentence, exitCodes.unavailable);
}
