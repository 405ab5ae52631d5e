import * as z from "zod";

/** What a ledger holds: step transitions, one hash chain a stream. */

export const eventKinds = [
  "decision",
  "approval",
  "revocation",
  "hold",
  "hold-release",
  "lease",
  "rollout",
  "command",
  "observation",
  "notice",
  "quarantine",
  "intent",
  "result",
  "verdict",
  "outcome",
  "feedback",
] as const;

export type EventKind = (typeof eventKinds)[number];

/** Of a later version: it is a link of the chain like every other, and passed over by whoever does not know it. */
const laterKind = z
  .string()
  .regex(/^[a-z][a-z-]{0,39}$/)
  .brand<"later kind">();

export const ledgerEvent = z.strictObject({
  schema_version: z.literal(1),
  stream: z.string(),
  sequence: z.int().nonnegative(),
  /** Hash of the event before, null for the first. */
  previous: z.string().nullable(),
  /** Random, so that two writers with equal content never write the same event and both believe they won. */
  nonce: z.string().min(16),
  kind: z.union([z.enum(eventKinds), laterKind]),
  /** ISO instant in UTC. */
  at: z.string(),
  actor: z.string(),
  body: z.record(z.string(), z.unknown()),
  /** SHA-256 of the canonical JSON of all the fields above. */
  hash: z.string(),
});
export type LedgerEvent = z.infer<typeof ledgerEvent>;
export type NewEvent = Pick<LedgerEvent, "at" | "actor" | "body" | "nonce"> & { kind: EventKind };
