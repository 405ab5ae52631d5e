import * as z from "zod";
import type { Work } from "../ports.ts";

/** Workflows and pages in an hour that rollouts of one repository are worth: a branch ledger is written by many. */
export const mostAnHour = 20;
/** How often another run is asked to go on with one rollout; runs that die over it again and again need a person. */
export const mostOfRollout = 4;

const counted = z.object({ known: z.coerce.number(), lately: z.coerce.number(), same: z.coerce.number() });

export type Often = {
  repository: string;
  key: string;
  /** Of the keys that count for one rollout. */
  prefix?: string;
};

/** A sentence where it would be too often. What was meant before, and may not be done yet, is not counted again. */
export async function tooOften(
  { repository, key, prefix }: Often,
  { database }: Pick<Work, "database">,
): Promise<string | undefined> {
  const [row] = await database.query(
    `select count(*) filter (where key = $1) as known,
       count(*) filter (where intended_at > now() - interval '1 hour') as lately,
       count(*) filter (where starts_with(key, $2)) as same
     from effects where starts_with(key, $3)`,
    [key, prefix ?? key, `watchdog ${repository} `],
  );
  const { known, lately, same } = counted.parse(row);
  if (known > 0) return undefined;
  if (lately >= mostAnHour)
    return `Rollouts of this repository have asked for ${lately} workflows and pages within an hour, and more wait for the next.`;
  if (same >= mostOfRollout)
    return `Another run was asked ${same} times to go on with this rollout, and each fell silent.`;
  return undefined;
}
