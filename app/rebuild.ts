import { parseArgs } from "node:util";
import { rebuildDecisions } from "../adapters/ledgers/projections.ts";
import { exitCodes, UserError } from "../core/errors.ts";
import { type Environment, runCommand, type Written, withOwnDatabase } from "./own-database.ts";

const usage = `npm run app:rebuild [-- --folder <folder>]
Makes the table of decisions anew from the ledger's events. The database is that of the App: DATABASE_URL, or the
folder ADAPTIVE_DEPLOY_DATA (else ./data, or --folder), which no running App may have open.`;

/**
 * What pages and lookups read is made of the ledger and nothing else, so it can be made again. Beside a running App
 * readers see the old table until the new one stands, and a decision that is made meanwhile waits for it.
 */
export async function runRebuild(
  words: readonly string[],
  environment: Environment,
  { out, note }: Written,
): Promise<void> {
  const rebuilt = await withOwnDatabase(environment, folderIn(words), (database) =>
    rebuildDecisions(database, (done, all) => note(`${done} of ${all} events read\n`)),
  );
  const { rows, added, changed, removed, unreadable } = rebuilt;
  out(`${rows} decisions: ${added} added, ${changed} changed, ${removed} removed.\n`);
  if (unreadable > 0)
    note(
      `${unreadable} events cannot be read and were left out. \`ledger verify\` says where the chain breaks.\n`,
    );
}

function folderIn(words: readonly string[]): string | undefined {
  try {
    return parseArgs({ args: [...words], options: { folder: { type: "string" } } }).values.folder;
  } catch (error) {
    const said = error instanceof Error ? error.message : "";
    throw new UserError("bad-input", `${said}\n${usage}`, exitCodes.usage);
  }
}

if (import.meta.main) await runCommand(runRebuild);
