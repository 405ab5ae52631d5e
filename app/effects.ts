import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import type { Queries } from "../adapters/database/database.ts";
import type { Effect } from "./ports.ts";

/** What was on its way to GitHub when an earlier attempt ended has arrived by then. */
const onItsWayMs = 3000;
const earlier = z.object({ done: z.boolean(), ago: z.coerce.number() });

/**
 * Runs an effect once. The intent stands in the database before GitHub is asked and the result after, so that an
 * attempt which follows a crash knows that it has to look before it acts, and to wait before it looks: the one before
 * may have lost its lock and not yet its life.
 */
export async function runOnce<Result>(
  database: Queries,
  effect: Effect<Result>,
  mayWrite: () => void,
): Promise<Result | undefined> {
  const [fresh] = await database.query(
    "insert into effects (key) values ($1) on conflict (key) do nothing returning key",
    [effect.key],
  );
  if (!fresh) {
    // Whoever tries now begins the time anew, for the attempt behind this one.
    const [row] = await database.query(
      `update effects again set intended_at = case when again.done_at is null then now() else again.intended_at end
       from effects before where again.key = $1 and before.key = $1
       returning before.done_at is not null as done, extract(epoch from now() - before.intended_at) * 1000 as ago`,
      [effect.key],
    );
    const { done, ago } = earlier.parse(row);
    if (done) return undefined;
    await sleep(Math.max(0, onItsWayMs - ago));
  }
  const left = fresh ? undefined : await effect.find();
  if (left === undefined) mayWrite();
  const result = left ?? (await effect.act());
  await database.query("update effects set done_at = now() where key = $1", [effect.key]);
  return result;
}
