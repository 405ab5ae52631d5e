import type { LedgerEvent } from "../../core/evidence/event.ts";
import type { Ledger } from "../../core/ports.ts";
import { type Command, type EventOf, rolloutEvent } from "../../core/rollout/events.ts";
import type { Believes } from "../../core/rollout/fold-stream.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";

/** Looks a person's word up where it was said. Throws a UserError where that cannot be found out just now. */
export type Verify = (said: EventOf<"command">, about: About) => Promise<boolean>;
export type About = { plan: RolloutPlan; openedAt: string };

/** Words that let something go on. What stops a rollout, or takes it back, is believed of anybody. */
const toBeProven: readonly Command[] = ["approve", "promote", "retry", "overrule"];

/**
 * A ledger that others may write holds words that anybody could have put there: each that lets something go on is
 * looked up once, when it is first read. What this run wrote itself was looked up before.
 */
export function believing(ledger: Ledger, verify: Verify): { ledger: Ledger; believes: Believes } {
  const proven = new Map<string, boolean>();
  return {
    ledger: {
      ...ledger,
      read: async (stream) => {
        const chain = await ledger.read(stream);
        const opened = openedIn(chain.events);
        for (const said of wordsOf(chain.events)) {
          const about = opened.get(said.body.rollout);
          if (about === undefined || proven.has(keyOf(said))) continue;
          proven.set(keyOf(said), await verify(said, about));
        }
        return chain;
      },
      append: async (stream, events, expected) => {
        const sealed = await ledger.append(stream, events, expected);
        for (const said of wordsOf(sealed)) proven.set(keyOf(said), true);
        return sealed;
      },
    },
    believes: (event) =>
      event.kind !== "command" ||
      !toBeProven.includes(event.body.command) ||
      proven.get(keyOf(event)) === true,
  };
}

function wordsOf(events: readonly LedgerEvent[]): EventOf<"command">[] {
  return events.flatMap((event) => {
    const known = rolloutEvent(event);
    return known?.kind === "command" && toBeProven.includes(known.body.command) ? [known] : [];
  });
}

function openedIn(events: readonly LedgerEvent[]): Map<string, About> {
  const opened = new Map<string, About>();
  for (const event of events) {
    const known = rolloutEvent(event);
    if (known?.kind === "rollout" && !opened.has(known.body.rollout))
      opened.set(known.body.rollout, { plan: known.body.plan, openedAt: known.at });
  }
  return opened;
}

function keyOf(said: EventOf<"command">): string {
  return JSON.stringify(said);
}
