import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import type { Work } from "../ports.ts";

const name = z.string().regex(/^[\w.-]{1,100}$/);
const owner = z.object({ login: name }).nullish();
const event = z.object({
  action: z.string(),
  repository: z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
  changes: z
    .object({
      repository: z.object({ name: z.object({ from: name }) }).nullish(),
      owner: z.object({ from: z.object({ user: owner, organization: owner }) }).nullish(),
    })
    .nullish(),
});

/** A repository has another name: what is kept of it goes there, all of it or nothing. */
export async function onRepository(payload: unknown, work: Work): Promise<void> {
  const { action, repository, changes } = event.parse(payload);
  const [nowOwner = "", nowName = ""] = repository.full_name.split("/");
  const formerOwner = changes?.owner?.from.organization?.login ?? changes?.owner?.from.user?.login;
  const formerName = changes?.repository?.name.from;
  const before =
    action === "renamed" && formerName !== undefined
      ? `${nowOwner}/${formerName}`
      : action === "transferred" && formerOwner !== undefined
        ? `${formerOwner}/${nowName}`
        : undefined;
  if (before === undefined || before === repository.full_name) return;
  const left = await work.database.transaction((within) =>
    move(within, before, repository.full_name, work.installation),
  );
  for (const what of left)
    work.warn(
      `${repository.full_name} was ${before}: ${what} of that name stay there, because the new name has its own.`,
    );
}

/** What tells rows of one repository apart. A stream of the ledger is a chain, which moves whole or not at all. */
const keyed = {
  facts: "there.sha = here.sha and there.source = here.source",
  decisions: "there.decision_id = here.decision_id",
  ledger_events: "there.stream = here.stream",
  gates:
    "there.run_id = here.run_id and there.environment = here.environment and there.deployment_id = here.deployment_id",
} as const;

async function move(within: Queries, before: string, now: string, installation: number): Promise<string[]> {
  await within.query("update inbox set repository = $2 where repository = $1", [before, now]);
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
  // A transfer may end in another account, where the App answers under another installation.
  await within.query("update gates set installation_id = $2 where repository = $1 and state = 'waiting'", [
    now,
    installation,
  ]);
  return left;
}
