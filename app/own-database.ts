import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Database } from "../adapters/database/database.ts";
import { openDatabase } from "../adapters/database/index.ts";
import { exitCodes, UserError } from "../core/errors.ts";

/** Where a command of the App says what it says: what others may read on, and what is for the person alone. */
export type Written = { out(text: string): void; note(text: string): void };
export type Environment = Record<string, string | undefined>;

/** The App's own database, where the App would look for it; a folder that the App has open is refused with a sentence. */
export async function withOwnDatabase<Result>(
  environment: Environment,
  folder: string | undefined,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const url = environment.DATABASE_URL;
  const database = await openDatabase(url ? { url } : { folder: folderOf(environment, folder) });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** The folder that the App itself would use. One without a database is a mistake: nothing is made there. */
function folderOf(environment: Environment, given: string | undefined): string {
  const folder = given ?? environment.ADAPTIVE_DEPLOY_DATA ?? "./data";
  if (existsSync(join(folder, "data"))) return folder;
  throw new UserError(
    "not-configured",
    `There is no database in the folder ${folder}. Start the App once, or name its folder with --folder, or its PostgreSQL with DATABASE_URL.`,
    exitCodes.usage,
  );
}

/** Runs a command as a process does: an error for people is a sentence and an exit code. */
export async function runCommand(
  run: (words: readonly string[], environment: Environment, to: Written) => Promise<void>,
): Promise<void> {
  try {
    await run(process.argv.slice(2), process.env, {
      out: (text) => process.stdout.write(text),
      note: (text) => process.stderr.write(text),
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
