import { randomBytes } from "node:crypto";
import { retry } from "../adapters/ledgers/record-decision.ts";
import { type Appended, appendWithRetry } from "../core/evidence/append.ts";
import type { LedgerEvent, NewEvent } from "../core/evidence/event.ts";
import { changesStream } from "../core/evidence/stream.ts";
import type { Work } from "./ports.ts";

/** Of the moment of the work, unless it says another. */
export type Written = Pick<NewEvent, "kind" | "actor" | "body"> & Partial<Pick<NewEvent, "at">>;

/**
 * Records events, those that `missing` says of the ledger as it stands: a delivery that comes twice finds
 * what it wrote before, and writes nothing.
 */
export async function recordMissing(
  work: Work,
  repository: string,
  missing: (events: readonly LedgerEvent[]) => Written[],
  stream: string = changesStream,
): Promise<{ events: LedgerEvent[]; appended: LedgerEvent[] }> {
  const nonces: string[] = [];
  const nonceOf = (index: number): string => {
    nonces[index] ??= randomBytes(16).toString("hex");
    return nonces[index];
  };
  const { chain, appended }: Appended = await appendWithRetry(
    work.ledger(repository),
    stream,
    ({ events }) => {
      work.signal.throwIfAborted();
      return missing(events).map((one, index) => ({
        at: work.now.toISOString(),
        ...one,
        nonce: nonceOf(index),
      }));
    },
    retry,
  );
  return { events: [...chain.events, ...appended], appended };
}

/** Whether a comment's command stands in the ledger already. */
export function isOfComment(event: LedgerEvent, kind: LedgerEvent["kind"], comment: number): boolean {
  return event.kind === kind && event.body.comment === comment;
}
