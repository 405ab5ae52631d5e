import { createHash } from "node:crypto";
import type { EventKind, NewEvent } from "../../core/evidence/event.ts";
import { leaseBody } from "../../core/evidence/lease.ts";
import type { Work } from "../ports.ts";

export type RolloutPlace = { repository: string; stream: string };

/**
 * Has the rollout of a stream looked at again at a moment. A repository has one lane for all of them, so that what is
 * asked for there can be counted. Each reason has one timer.
 */
export function wakeRollout(
  { repository, stream, why }: RolloutPlace & { why: "said" | "written" | "next" },
  at: Date,
  work: Pick<Work, "installation" | "later">,
): Promise<void> {
  return work.later(
    {
      key: `rollout ${repository} ${streamKey(stream)} ${why}`,
      lane: `${repository.toLowerCase()}~rollouts`,
      installation: work.installation,
      payload: { kind: "rollout", repository, stream },
    },
    at,
  );
}

/** A stream's name may be longer than a key of the database. */
export function streamKey(stream: string): string {
  return createHash("sha256").update(stream).digest("hex").slice(0, 32);
}

const signs: readonly EventKind[] = ["lease", "rollout", "command", "quarantine"];

/** When to look after these were written: at a word at once, at a lease when it runs out. Undefined: not for their sake. */
export function lookAt(events: readonly Pick<NewEvent, "kind" | "body">[], now: Date): Date | undefined {
  const last = events.findLast(({ kind }) => signs.includes(kind));
  if (last === undefined) return undefined;
  const seconds = last.kind === "lease" ? leaseBody.safeParse(last.body).data?.lease_seconds : 0;
  return new Date(now.getTime() + (seconds ?? 0) * 1000);
}

/** A ledger's branch gets a push with every event, and is looked at once it has been quiet for so long. */
export const quietMs = 60_000;
