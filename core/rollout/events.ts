import * as z from "zod";
import { verdicts } from "../analysis/verdict.ts";
import type { LedgerEvent } from "../evidence/event.ts";
import { parseStream } from "../evidence/stream.ts";
import { conclusion, notice, said, targetEffect } from "./effect.ts";
import { sight } from "./observed.ts";
import { rolloutPlan } from "./plan.ts";

/** What the ledger holds of a rollout: transitions, never windows. */

const rollout = z.string();

export const commands = [
  "pause",
  "resume",
  "hold",
  "approve",
  "promote",
  "abort",
  "retry",
  "overrule",
] as const;
export type Command = (typeof commands)[number];

/** Reasons of a driver to stop where it is, or to go back: what it saw, not what somebody said. */
export const sightings = [
  "changed-by-somebody",
  "aborted-on-target",
  "target-refused",
  "evidence-unavailable",
] as const;

export const bodies = {
  rollout: z.strictObject({ rollout, plan: rolloutPlan }),
  intent: z.strictObject({
    rollout,
    number: z.int().min(1),
    fencing: z.int().min(0),
    effect: targetEffect,
  }),
  result: z.strictObject({
    rollout,
    number: z.int().min(1),
    status: z.enum(["done", "failed"]),
    /** It held without being asked for, and so another mark of the rollout stands there; 0: none. */
    left: z.int().min(0).optional(),
    sentence: said.optional(),
  }),
  verdict: z.strictObject({
    rollout,
    step: z.int().min(0),
    verdict: z.enum(verdicts),
    reason_code: z.string(),
    reason: said,
    at_window: z.int().min(0),
    /** Id of verdict.json, where there is one. */
    id: z.string().optional(),
    /** The deciding metric with both values, for the incident. */
    metric: z
      .strictObject({
        name: z.string(),
        baseline: z.number().nullable().default(null),
        candidate: z.number().nullable().default(null),
      })
      .optional(),
  }),
  command: z.strictObject({
    rollout,
    command: z.enum(commands),
    reason: said,
    by: z.string(),
    /** Of an abort: every device of the fleet goes back. */
    whole_fleet: z.literal(true).optional(),
    /** The comment or run that said so, which is looked up before it is believed. */
    source: z.string().max(1000).optional(),
  }),
  observation: z.strictObject({
    rollout,
    code: z.enum(sightings),
    sentence: said,
    /** How the target stood, so that a person may say that it is right so. */
    seen: sight.optional(),
  }),
  /** A person's word about a version, whichever rollout brings it. Without `until` it is free again. */
  quarantine: z.strictObject({
    digest: z.string().min(1).max(1000),
    until: z.iso.datetime({ offset: true }).optional(),
    reason: said,
    by: z.string(),
    source: z.string().max(1000).optional(),
  }),
  notice: z.strictObject({ rollout, notice, where: z.string().max(1000).optional() }),
  outcome: z.strictObject({ rollout, ...conclusion.shape }),
};

const frame = <Kind extends keyof typeof bodies>(kind: Kind) =>
  z.strictObject({
    kind: z.literal(kind),
    at: z.iso.datetime({ offset: true }),
    actor: z.string(),
    body: bodies[kind],
  });
const anyEvent = z.discriminatedUnion("kind", [
  frame("rollout"),
  frame("intent"),
  frame("result"),
  frame("verdict"),
  frame("command"),
  frame("observation"),
  frame("quarantine"),
  frame("notice"),
  frame("outcome"),
]);
export type RolloutEvent = z.infer<typeof anyEvent>;
export type EventOf<Kind extends RolloutEvent["kind"]> = Extract<RolloutEvent, { kind: Kind }>;

const known = new WeakMap<LedgerEvent, RolloutEvent | null>();

/** An event of a rollout, or null where it is about something else, or elsewhere, or not written as we write. */
export function rolloutEvent(event: LedgerEvent): RolloutEvent | null {
  const before = known.get(event);
  if (before !== undefined) return before;
  const parsed = parse(event);
  known.set(event, parsed);
  return parsed;
}

function parse({ stream, kind, at, actor, body }: LedgerEvent): RolloutEvent | null {
  const event = anyEvent.safeParse({ kind, at, actor, body }).data ?? null;
  return event?.kind === "rollout" && !isHere(event, stream) ? null : event;
}

/** A plan of another service, or for elsewhere, is none of this stream's. */
function isHere({ body: { plan } }: EventOf<"rollout">, stream: string): boolean {
  const place = parseStream(stream);
  return (
    place?.kind === "service" && place.environment === plan.environment && place.service === plan.service
  );
}
