import * as z from "zod";
import { eventKinds, ledgerEvent } from "../../core/evidence/event.ts";

/** Shapes that several addresses share. */

/** No part may be dots alone: such a name would lead elsewhere in an address. */
const namePattern = /^(?!\.+\/)[\w.-]+\/(?!\.+$)[\w.-]+$/;
export const repositoryName = z.string().max(140).regex(namePattern).describe("owner/name");

export const fullSha = z
  .string()
  .regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/)
  .describe("A whole commit SHA.");

export const environmentName = z.string().min(1).max(255);

export const head = z
  .strictObject({ sequence: z.int().nonnegative(), hash: z.string().regex(/^[0-9a-f]{64}$/) })
  .nullable()
  .describe("The last event of a stream; null where it holds none.");

export const newEvent = z.strictObject({
  kind: z.enum(eventKinds),
  at: z.string().max(40),
  actor: z.string().min(1).max(200),
  nonce: z.string().min(16).max(200),
  body: z.record(z.string(), z.unknown()),
});

export const storedEvent = ledgerEvent;
