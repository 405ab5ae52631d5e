import type { Database } from "./database.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";

/** Opens the App's database, brought up to date: PostgreSQL by its address, or the embedded one in a folder. */
export async function openDatabase(about: { url?: string; folder?: string }): Promise<Database> {
  const database = about.url === undefined ? await openPglite(about.folder) : openPostgres(about.url);
  try {
    await migrate(database);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}
