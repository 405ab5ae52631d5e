import type { Queries } from "../adapters/database/database.ts";
import type { NamedRepository } from "./known-repositories.ts";

/** No repository can be called so: it is neither asked for by that name, nor listed under it. */
export const isSetAside = (name: string): boolean => name.includes("@");

/**
 * What tells rows of one repository apart. A stream of the ledger is a chain, which moves whole or not at all; its
 * events do not name the place where they are kept, so the hashes hold.
 */
const keyed = {
  facts: "there.sha = here.sha and there.source = here.source",
  decisions: "there.decision_id = here.decision_id",
  ledger_events: "there.stream = here.stream",
  analyses: "there.id = here.id",
  gates:
    "there.run_id = here.run_id and there.environment = here.environment and there.deployment_id = here.deployment_id",
  courtesies:
    "there.pull_request = here.pull_request and there.person = here.person and there.comment = here.comment",
} as const;

/** Gives the names of the tables in which something stays, because the other name has its own there. */
export async function moveKept(within: Queries, before: string, now: string): Promise<string[]> {
  // What waits says itself which repository it is of, and two of one name may wait side by side.
  await within.query("update inbox set repository = $2 where repository = $1 and state <> 'waiting'", [
    before,
    now,
  ]);
  await within.query("update service_tokens set repository = $2 where repository = $1", [
    before.toLowerCase(),
    now.toLowerCase(),
  ]);
  await moveEffects(within, before, now);
  const left: string[] = [];
  for (const [table, same] of Object.entries(keyed)) {
    await within.query(
      `update ${table} here set repository = $2 where repository = $1
         and not exists (select 1 from ${table} there where there.repository = $2 and ${same})`,
      [before, now],
    );
    const rest = await within.query(`select 1 as left from ${table} where repository = $1 limit 1`, [before]);
    if (rest.length > 0) left.push(table);
  }
  return left;
}

/** Leaves nothing under a name, for whoever has it next. Gives the name under which all of it stays for auditors. */
export async function setAside(within: Queries, { name, id }: NamedRepository): Promise<string> {
  const aside = isSetAside(name) ? name : `${name}@${id}`;
  let left = await moveKept(within, name, aside);
  for (let again = 2; left.length > 0; again += 1) left = await moveKept(within, name, `${aside}.${again}`);
  return aside;
}

/** The second word of an effect's key is the repository, with the number of a pull request behind it or not. */
async function moveEffects(within: Queries, before: string, now: string): Promise<void> {
  await within.query(
    `update effects here set key = moved.key from (
       select key as former, split_part(key, ' ', 1) || ' ' || $2 ||
         substr(key, length(split_part(key, ' ', 1)) + 2 + length($1)) as key
       from effects
       where split_part(key, ' ', 2) = $1 or split_part(split_part(key, ' ', 2), '#', 1) = $1
     ) moved
     where here.key = moved.former and not exists (select 1 from effects there where there.key = moved.key)`,
    [before, now],
  );
}
