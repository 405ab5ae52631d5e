import * as z from "zod";
import { onNewFacts } from "../new-facts.ts";
import type { AppIdentity, Handler, Tell, Work } from "../ports.ts";
import { redecideAndTell } from "../redecide.ts";
import { lookAfterRollout } from "../rollouts/look-after.ts";
import { groupPayload, redecideGroup } from "../wake-groups.ts";

const timer = z.discriminatedUnion("kind", [
  z.looseObject({ kind: z.literal("gate") }),
  z.looseObject({
    kind: z.literal("settle"),
    repository: z.string(),
    number: z.number(),
  }),
  groupPayload,
  z.looseObject({ kind: z.literal("facts"), repository: z.string(), sha: z.string() }),
  z.looseObject({ kind: z.literal("rollout"), repository: z.string(), stream: z.string() }),
]);

type Around = { gate: Handler; identity(): Promise<AppIdentity> };

/** A moment that was waited for has come, or news that the App told itself. */
export async function onTimer(
  payload: unknown,
  work: Work,
  tell: Tell,
  { gate, identity }: Around,
): Promise<void> {
  const due = timer.parse(payload);
  if (due.kind === "gate") return await gate(payload, work);
  if (due.kind === "group") return await redecideGroup(due, work, tell);
  if (due.kind === "facts") return await onNewFacts(due, work);
  if (due.kind === "rollout") return await lookAfterRollout(due, work, await identity());
  await redecideAndTell(due.repository, due.number, work, tell);
}
