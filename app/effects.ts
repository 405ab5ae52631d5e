import type { Queries } from "../adapters/database/database.ts";
import type { Effect } from "./ports.ts";

/**
 * Runs an effect once. The intent stands in the database before GitHub is asked and the result after, so that an
 * attempt which follows a crash knows that it has to look before it acts.
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
    const [known] = await database.query("select done_at from effects where key = $1", [effect.key]);
    if (known?.done_at) return undefined;
  }
  const left = fresh ? undefined : await effect.find();
  if (left === undefined) mayWrite();
  const result = left ?? (await effect.act());
  await database.query("update effects set done_at = now() where key = $1", [effect.key]);
  return result;
}
