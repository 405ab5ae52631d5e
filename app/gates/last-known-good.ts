import * as z from "zod";
import type { Queries } from "../../adapters/database/database.ts";
import type { Gate } from "./gate.ts";

const passage = z.object({ sha: z.string(), within_policy: z.boolean(), outcome: z.string().nullable() });

/**
 * True where the gate's commit is what ran in the environment before the present one: the way back must not wait.
 * Anyone who may push can write a deployment and its outcome, so only what this gate let through itself is looked at,
 * and of that the last success; what is known to have failed in between is no place to go back to. A success once
 * heard of stays one, whatever is claimed later. Only what came here before the present one first did lies behind it:
 * what was left by a way back is not returned to by another.
 */
export async function isLastKnownGood(gate: Gate, database: Queries): Promise<boolean> {
  const [row] = await database.query(
    `with passages as materialized (
       select sha, within_policy, outcome, answered_at from gates
       where repository = $1 and environment = $2 and state = 'answered' and answer = 'approved'
     ), present as (
       select sha, min(answered_at) as since from passages
       where sha = (select sha from passages order by answered_at desc limit 1) group by sha
     ), standing as (
       select *, min(answered_at) over (partition by sha) as first_at from passages
       where outcome is distinct from 'failure'
     )
     select standing.sha, within_policy, outcome from standing, present
     where standing.sha <> present.sha and first_at < since order by answered_at desc limit 1`,
    [gate.repository, gate.environment],
  );
  const before = row && passage.parse(row);
  return before?.sha === gate.sha && before.within_policy && before.outcome === "success";
}
