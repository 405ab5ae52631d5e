import { randomBytes } from "node:crypto";
import { decisionEvent, type Moment, retry, streamsOf } from "../adapters/ledgers/record-decision.ts";
import { appendDecision, placesOf } from "../adapters/ledgers/sql-decision.ts";
import type { ChangeFacts } from "../core/change/facts.ts";
import type { DecisionBody } from "../core/decision/shape.ts";
import { type Appended, appendWithRetry } from "../core/evidence/append.ts";
import type { LedgerEvent, NewEvent } from "../core/evidence/event.ts";
import { HeadMoved } from "../core/evidence/head-moved.ts";
import { changesStream } from "../core/evidence/stream.ts";
import { factsInsert } from "./kept-facts.ts";
import type { Work } from "./ports.ts";

/** Of the moment of the work, unless it says another. */
export type Written = Pick<NewEvent, "kind" | "actor" | "body"> & Partial<Pick<NewEvent, "at">>;

/**
 * Records events, those that `missing` says of the ledger as it stands: a delivery that comes twice finds
 * what it wrote before, and writes nothing.
 */
export async function recordMissing(
  work: Pick<Work, "ledger" | "now" | "signal">,
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

/**
 * Keeps a decision once, however often it is made: in every stream that it belongs to and with its facts, all of it or
 * nothing, since the process may die at any moment and the next attempt has to see which.
 */
export async function recordDecided(
  work: Work,
  repository: string,
  decided: { body: DecisionBody; moment: Moment; facts: ChangeFacts },
): Promise<void> {
  const { body, moment, facts } = decided;
  for (let attempt = 1; ; attempt += 1) {
    try {
      work.signal.throwIfAborted();
      const about = { repository, decision_id: body.decision_id };
      const places = await placesOf(work.database, about, streamsOf(body).sort());
      if (!places) return;
      const sha = body.subject.head;
      const beside = sha ? [factsInsert({ repository, sha, facts })] : [];
      work.signal.throwIfAborted();
      return await appendDecision(
        work.database,
        repository,
        places,
        () => decisionEvent(body, moment),
        beside,
      );
    } catch (error) {
      if (!(error instanceof HeadMoved) || attempt >= retry.attempts) throw error;
      await retry.wait(Math.round(20 * attempt * retry.random()));
    }
  }
}
