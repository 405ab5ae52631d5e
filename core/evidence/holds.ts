import * as z from "zod";
import type { LedgerEvent } from "./event.ts";

/** A person asked that a pull request waits, and for how long: until somebody says otherwise, over any push. */
export type Hold = { actor: string; at: string; reason: string };

const about = z.looseObject({
  repository: z.string(),
  pull_request: z.int().positive(),
  /** The comment that said so, by which the same delivery is known again. */
  comment: z.int().positive().optional(),
});
export const holdBody = about.extend({ reason: z.string() });
export const releaseBody = about;

export type Held = { repository: string; pull_request: number };

/**
 * The hold that stands on a pull request. Where anyone who can push can write events (`trusted` false), a release
 * does not count: an event written by hand may stop a change and never lets one go.
 */
export function holdOf(
  events: readonly LedgerEvent[],
  { repository, pull_request }: Held,
  { trusted }: { trusted: boolean },
): Hold | undefined {
  // The App's ledger is one repository's, which may have had another name when the event was written.
  const isMeant = (body: z.infer<typeof about>) =>
    body.pull_request === pull_request &&
    (trusted || body.repository.toLowerCase() === repository.toLowerCase());
  let standing: Hold | undefined;
  for (const event of events) {
    if (event.kind === "hold") {
      const body = holdBody.safeParse(event.body);
      if (body.success && isMeant(body.data))
        standing = { actor: event.actor, at: event.at, reason: body.data.reason };
    } else if (event.kind === "hold-release" && trusted) {
      const body = releaseBody.safeParse(event.body);
      if (body.success && isMeant(body.data)) standing = undefined;
    }
  }
  return standing;
}
