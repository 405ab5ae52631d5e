import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { DecisionBody, ReasonCode } from "../../core/decision/shape.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { defaultAttempts, type Retry, record } from "../../core/evidence/append.ts";
import type { NewEvent } from "../../core/evidence/event.ts";
import { changesStream, serviceStream } from "../../core/evidence/stream.ts";
import type { Ledger } from "../../core/ports.ts";

export type Moment = { actor: string; decidedAt: string };

/** What came of recording a decision, for its envelope. */
export type Recorded = { recorded: boolean; recordedReason?: ReasonCode; problems: string[] };

/** Randomness only spreads writers who collide; nothing is decided by it. */
export const retry: Retry = {
  attempts: defaultAttempts,
  random: Math.random,
  wait: (milliseconds) => sleep(milliseconds),
};

/** A change's decision stands among the changes; a release's in the stream of each service that it is about. */
export function streamsOf(body: DecisionBody): string[] {
  if (body.subject.kind !== "release") return [changesStream];
  const names = body.services.length ? body.services.map((service) => service.name) : ["repository"];
  return [...new Set(names)].map((name) => serviceStream(body.environment, name));
}

/** Appends the decision. A ledger that cannot be written leaves it travelling as a file, and says so. */
export async function recordDecision(
  ledger: Ledger | null,
  body: DecisionBody,
  moment: Moment,
): Promise<Recorded> {
  if (!ledger) return { recorded: false, recordedReason: "ledger-not-configured", problems: [] };
  try {
    for (const stream of streamsOf(body)) await record(ledger, stream, [decisionEvent(body, moment)], retry);
    return { recorded: true, problems: [] };
  } catch (error) {
    if (!(error instanceof UserError) || error.exitCode === exitCodes.bug) throw error;
    const recordedReason = error.reasonCode === "read-only-token" ? "read-only-token" : "ledger-unavailable";
    return { recorded: false, recordedReason, problems: [error.message] };
  }
}

export function decisionEvent(body: DecisionBody, { actor, decidedAt }: Moment): NewEvent {
  return {
    kind: "decision",
    at: decidedAt,
    actor,
    nonce: randomBytes(16).toString("hex"),
    body: { ...body },
  };
}
