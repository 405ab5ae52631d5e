import type { LedgerEvent } from "../evidence/event.ts";
import { type EventOf, rolloutEvent } from "./events.ts";
import { foldStream } from "./fold-stream.ts";

/**
 * Somebody asked for the way back after the last rollout of the stream had ended well, and nothing was opened since:
 * whoever reaches the target may open a plan of kind `back` for it. Null where nobody did.
 */
export function backAsked(events: readonly LedgerEvent[]): EventOf<"command"> | null {
  const last = [...foldStream(events).values()].at(-1);
  if (last?.doing.kind !== "ended" || last.doing.outcome !== "completed") return null;
  const { plan } = last;
  const end = events.findIndex((event) => {
    const known = rolloutEvent(event);
    return known?.kind === "outcome" && known.body.rollout === plan.rollout;
  });
  const asked = events.slice(end + 1).map((event) => rolloutEvent(event));
  return (
    asked.find(
      (known): known is EventOf<"command"> =>
        known?.kind === "command" && known.body.rollout === plan.rollout && known.body.command === "abort",
    ) ?? null
  );
}
