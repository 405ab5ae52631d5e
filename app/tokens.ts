import { parseArgs } from "node:util";
import { openDatabase } from "../adapters/database/index.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { scopes } from "./api/scopes.ts";
import { createServiceToken } from "./api/service-tokens.ts";

const usage = `npm run app:token -- create --name <name> --repository <owner/name or *> --scope <scope> [--scope …] [--days 90]
Scopes: ${scopes.join(", ")}.
The database is that of the App: DATABASE_URL, or the folder given by --folder.`;

type Written = { out(text: string): void; note(text: string): void };

/** Makes a service token. The token alone goes to the output, so that it can be piped to where it is kept. */
export async function runTokens(
  words: readonly string[],
  environment: Record<string, string | undefined>,
  { out, note }: Written,
): Promise<void> {
  const { name, repository, scope, days, folder } = read(words);
  const url = environment.DATABASE_URL;
  if (!url && !folder)
    throw new UserError("not-configured", `No database is named.\n${usage}`, exitCodes.usage);
  const database = await openDatabase(url ? { url } : folder ? { folder } : {});
  try {
    const about = { name, repository, scopes: scope, days: Number(days), now: new Date() };
    const { token, expires } = await createServiceToken(database, about);
    out(`${token}\n`);
    note(`For ${repository}, ${scope.join(" ")}, until ${expires.toISOString()}. It is not shown again.\n`);
  } finally {
    await database.close();
  }
}

function read(words: readonly string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        name: { type: "string", default: "" },
        repository: { type: "string", default: "" },
        scope: { type: "string", multiple: true, default: [] },
        days: { type: "string", default: "90" },
        folder: { type: "string" },
      },
    });
    if (positionals.join(" ") === "create") return values;
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    throw new UserError("bad-input", `${said}\n${usage}`, exitCodes.usage);
  }
  throw new UserError("bad-input", usage, exitCodes.usage);
}

if (import.meta.main) {
  try {
    await runTokens(process.argv.slice(2), process.env, {
      out: (text) => process.stdout.write(text),
      note: (text) => process.stderr.write(text),
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
