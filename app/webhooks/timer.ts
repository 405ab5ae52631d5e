import * as z from "zod";
import type { Handler, Work } from "../ports.ts";
import { redecideAndTell } from "../redecide.ts";
import type { Tell } from "./index.ts";

const timer = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("gate") }),
  z.looseObject({
    kind: z.literal("settle"),
    repository: z.string(),
    number: z.number(),
  }),
]);

/** A moment that was waited for has come. */
export async function onTimer(payload: unknown, work: Work, tell: Tell, gate: Handler): Promise<void> {
  const due = timer.parse(payload);
  if (due.kind === "gate") return await gate(payload, work);
  await redecideAndTell(due.repository, due.number, work, tell);
}
