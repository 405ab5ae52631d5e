import { Gauge, type Registry } from "prom-client";
import * as z from "zod";
import type { Queries } from "../adapters/database/database.ts";

/** Each stands on an index of its own: asking costs the same however many deliveries are done. */
const question = `select
  (select count(*) from inbox where state = 'waiting') as waiting,
  (select greatest(extract(epoch from now() - min(received_at)), 0) from inbox where state = 'waiting') as oldest,
  (select count(*) from inbox where state = 'parked') as parked,
  (select count(*) from gates where state = 'waiting') as gates`;
const answer = z.object({
  waiting: z.coerce.number(),
  oldest: z.coerce.number(),
  parked: z.coerce.number(),
  gates: z.coerce.number(),
});
type Answer = z.infer<typeof answer>;

/** What waits, as the database says when it is asked. Where it does not say in time, nothing is claimed. */
export function queueGauges(registry: Registry, database: Queries, limitMs = 1000): () => Promise<void> {
  const gauge = (name: string, help: string) =>
    new Gauge({ name: `adaptive_deploy_${name}`, help, registers: [registry] });
  const up = gauge("database_up", "1 where the database answered within a second, else 0.");
  const gauges: Record<keyof Answer, Gauge> = {
    waiting: gauge("deliveries_waiting", "Deliveries and timers that are stored and not finished."),
    oldest: gauge("oldest_delivery_waiting_seconds", "Age of the oldest of them; 0 where none waits."),
    parked: gauge("deliveries_parked", "Deliveries that failed for good and wait for a person."),
    gates: gauge("gates_waiting", "Environments of runs that wait for an answer."),
  };
  // A question that hangs is not asked a second time beside it.
  let underWay: Promise<Answer> | undefined;
  const ask = (): Promise<Answer> => {
    underWay ??= database
      .query(question)
      .then(([row]) => answer.parse(row))
      .finally(() => {
        underWay = undefined;
      });
    return underWay;
  };
  return async () => {
    const found = await within(limitMs, ask());
    up.set(found ? 1 : 0);
    for (const [name, one] of Object.entries(gauges)) {
      const value = found && new Map(Object.entries(found)).get(name);
      if (value === undefined) one.remove();
      else one.set(value);
    }
  };
}

async function within<Result>(limitMs: number, asked: Promise<Result>): Promise<Result | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  try {
    return await Promise.race([asked.catch(() => undefined), late]);
  } finally {
    clearTimeout(timer);
  }
}
