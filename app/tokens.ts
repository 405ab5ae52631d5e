import { parseArgs } from "node:util";
import type { Database } from "../adapters/database/database.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { scopes } from "./api/scopes.ts";
import { createServiceToken, listServiceTokens, revokeServiceToken } from "./api/service-tokens.ts";
import { type Environment, runCommand, type Written, withOwnDatabase } from "./own-database.ts";

const usage = `npm run app:token -- create --name <name> --repository <owner/name or *> --scope <scope> [--scope …] [--days 90]
npm run app:token -- list
npm run app:token -- revoke <id>
Scopes: ${scopes.join(", ")}.
The database is that of the App: DATABASE_URL, or the folder ADAPTIVE_DEPLOY_DATA (else ./data, or --folder), which no
running App may have open.`;

type Given = ReturnType<typeof read>["values"];
type Command = (database: Database, given: Given, to: Written, id?: string) => Promise<void>;

const commands: Record<string, Command> = { create, list, revoke };

/** Makes, shows and ends service tokens. A new one alone goes to the output, so that it can be piped to where it is kept. */
export async function runTokens(
  words: readonly string[],
  environment: Environment,
  to: Written,
): Promise<void> {
  const { values, positionals } = read(words);
  const [name = "", id, ...rest] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command || rest.length > 0 || (id !== undefined) !== (name === "revoke")) throw wrong(usage);
  await withOwnDatabase(environment, values.folder, (database) => command(database, values, to, id));
}

async function create(database: Database, given: Given, { out, note }: Written): Promise<void> {
  const { name, repository, scope, days } = given;
  const about = { name, repository, scopes: scope, days: Number(days), now: new Date() };
  const { token, expires } = await createServiceToken(database, about);
  out(`${token}\n`);
  note(`For ${repository}, ${scope.join(" ")}, until ${expires.toISOString()}. It is not shown again.\n`);
}

async function list(database: Database, _: Given, { out, note }: Written): Promise<void> {
  const tokens = await listServiceTokens(database);
  const day = (at: Date | null) => at?.toISOString().slice(0, 16).replace("T", " ") ?? "never";
  const rows = tokens.map((one) => [
    ...[one.id, one.name, one.repository, one.scopes],
    ...[day(one.created_at), day(one.last_used_at), day(one.expires_at)],
    one.revoked_at ? `revoked ${day(one.revoked_at)}` : one.expires_at <= new Date() ? "expired" : "good",
  ]);
  const lines = [["id", "name", "repository", "scopes", "created", "last used", "expires", "state"], ...rows];
  out(lines.map((cells) => `${cells.join("\t")}\n`).join(""));
  note(`${tokens.length === 1 ? "1 token" : `${tokens.length} tokens`}, times in UTC.\n`);
}

async function revoke(database: Database, _: Given, { note }: Written, id = ""): Promise<void> {
  const name = /^[1-9]\d{0,17}$/.test(id) ? await revokeServiceToken(database, id) : undefined;
  if (name === undefined)
    throw wrong(
      `There is no token ${JSON.stringify(id)} to revoke. \`npm run app:token -- list\` shows those there are.`,
    );
  note(`Token ${id}, ${name}, is revoked: its next request is refused.\n`);
}

function read(words: readonly string[]) {
  try {
    return parseArgs({
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
  } catch (error) {
    throw wrong(`${error instanceof Error ? error.message : ""}\n${usage}`);
  }
}

function wrong(sentence: string): UserError {
  return new UserError("bad-input", sentence, exitCodes.usage);
}

if (import.meta.main) await runCommand(runTokens);
