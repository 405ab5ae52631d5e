import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import type { Work } from "../ports.ts";

const event = z.object({
  action: z.string(),
  installation: z.object({ id: z.int().positive() }),
  repositories_removed: z.array(z.object({ full_name: z.string() })).nullish(),
});

/**
 * The App was put in or taken out, of an account or of single repositories. Nothing is stored of an installation: only
 * what still waits for one that is gone is finished, since nothing can be asked in its name any more. What waits
 * for a suspended one waits on, and is tried at once when it is back.
 */
export async function onInstallation(payload: unknown, work: Work): Promise<void> {
  const { action, installation, repositories_removed: removed } = event.parse(payload);
  if (action === "unsuspend") {
    await work.database.query(
      `update inbox set state = 'waiting', attempts = 0, not_before = null, finished_at = null
       where installation_id = $1 and (state = 'waiting' and not_before is not null
         or state = 'parked' and error ilike '%installation has been suspended%')`,
      [installation.id],
    );
  } else if (action === "deleted") {
    await work.database.transaction((within) => ignore(within, installation.id, null));
  } else if (action === "removed" && removed?.length) {
    const names = removed.map(({ full_name: name }) => name);
    await work.database.transaction((within) => ignore(within, installation.id, names));
  }
}

/** This very delivery is left to whoever works on it. */
async function ignore(within: Queries, installation: number, repositories: string[] | null): Promise<void> {
  const of = "installation_id = $1 and ($2::text[] is null or repository = any($2::text[]))";
  await within.query(
    `update inbox set state = 'done', payload = '', finished_at = now(),
       error = 'ignored: the App is no longer installed here'
     where ${of} and state = 'waiting' and event not in ('installation', 'installation_repositories')`,
    [installation, repositories],
  );
  await within.query(`update gates set state = 'expired' where ${of} and state = 'waiting'`, [
    installation,
    repositories,
  ]);
}
