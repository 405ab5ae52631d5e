import type { Database } from "../../adapters/database/database.ts";
import { answerOf } from "../../core/analysis/gates/answer.ts";
import { startOf } from "../../core/analysis/plan-windows.ts";
import { digest } from "../../core/evidence/canonical.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import type { Ledger } from "../../core/ports.ts";
import { recordMissing } from "../record.ts";
import type { Asked } from "./asked.ts";
import type { Comparison } from "./store.ts";

export type Recording = { database: Database; ledger(repository: string): Ledger; now(): Date };

/** True where no window can change the verdict any more: it is final, or all windows were looked at. */
export function isOver({ final, looked_to: lookedTo, plan, document }: Comparison): boolean {
  return document !== null && (final !== null || lookedTo >= plan.windows);
}

const actor = "adaptive-deploy";

/**
 * Writes how a comparison ended among the events of its service and environment, once, whatever dies in between: whoever
 * appends looks in the chain first, and a chain takes one of two who append at once. That it is there is noted, so that
 * the chain is not read with every ask.
 */
export async function recordVerdict(
  { database, ledger, now }: Recording,
  { repository, controller, run, candidate, baseline }: Asked,
  { id, step, plan, service, environment, document }: Comparison,
): Promise<void> {
  if (document === null) return;
  const startedAt = startOf(plan);
  const { verdict, reason_code, reason, at_window, windows_planned } = answerOf(document, { id });
  const body = {
    analysis_id: id,
    started_at: startedAt,
    ...{ service, environment, controller, run, step, candidate, baseline },
    ...{ verdict, reason_code, reason, at_window, windows_planned },
    ...(document.policy_version ? { policy_version: document.policy_version } : {}),
    /** Of verdict.json. */
    digest: digest(document),
  };
  const isThis = (event: LedgerEvent): boolean =>
    event.kind === "verdict" && event.body.analysis_id === id && event.body.started_at === startedAt;
  const key = `verdict ${repository} ${id} ${startedAt}`;
  const [done] = await database.query("select key from effects where key = $1 and done_at is not null", [
    key,
  ]);
  if (done) return;
  const work = { ledger, now: now(), signal: new AbortController().signal };
  await recordMissing(
    work,
    repository,
    (events) => (events.some(isThis) ? [] : [{ kind: "verdict", actor, body }]),
    serviceStream(environment, service),
  );
  await database.query(
    "insert into effects (key, done_at) values ($1, now()) on conflict (key) do update set done_at = now()",
    [key],
  );
}
