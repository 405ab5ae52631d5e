import type { LedgerEvent } from "../../core/evidence/event.ts";
import type { Ledger } from "../../core/ports.ts";
import { type Command, type EventOf, type RolloutEvent, rolloutEvent } from "../../core/rollout/events.ts";
import type { Believes } from "../../core/rollout/fold-stream.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";

/** Looks a person's word up where it was said. Throws a UserError where that cannot be found out just now. */
export type Verify = (said: EventOf<"command">, about: About) => Promise<boolean>;
export type About = { plan: RolloutPlan; openedAt: string };
export type Believing = {
  /** Steps of one rollout are jobs of their own, and each goes on from the verdict of the one before. */
  verdictsOfOthers: boolean;
};

/** Words that let something go on. What stops a rollout, or takes it back, is believed of anybody. */
const toBeProven: readonly Command[] = ["approve", "promote", "resume", "retry", "overrule"];

/**
 * A ledger that others may write holds words that anybody could have put there: each that lets something go on is
 * looked up once, when it is first read, and counts once. What this run wrote itself was looked up before.
 */
export function believing(
  ledger: Ledger,
  verify: Verify,
  { verdictsOfOthers }: Believing = { verdictsOfOthers: false },
): { ledger: Ledger; believes: Believes } {
  const answers = new Map<string, boolean>();
  const proven = new WeakSet<RolloutEvent>();

  const look = async (events: readonly LedgerEvent[]): Promise<void> => {
    const opened = openedIn(events);
    const used = new Set<string>();
    for (const [index, event] of events.entries()) {
      const known = rolloutEvent(event);
      if (known === null || !isDoubted(known)) continue;
      const before = answers.get(event.hash);
      let answer = before ?? false;
      if (known.kind === "verdict") answer = before ?? (verdictsOfOthers || isFollowed(known, events, index));
      else if (known.kind === "command") {
        const { rollout, command, source } = known.body;
        const about = opened.get(rollout);
        const name = JSON.stringify([rollout, command, commentNumber(source)]);
        // A second event with the comment of the first is nobody's second word.
        const isAgain = source !== undefined && used.has(name);
        if (about === undefined) continue;
        answer = before ?? (!isAgain && (await verify(known, about)));
        if (answer) used.add(name);
      }
      answers.set(event.hash, answer);
      if (answer) proven.add(known);
    }
  };

  return {
    ledger: {
      ...ledger,
      read: async (stream) => {
        const chain = await ledger.read(stream);
        await look(chain.events);
        return chain;
      },
      append: async (stream, events, expected) => {
        const sealed = await ledger.append(stream, events, expected);
        for (const event of sealed) {
          answers.set(event.hash, true);
          const known = rolloutEvent(event);
          if (known !== null) proven.add(known);
        }
        return sealed;
      },
    },
    believes: (event) => !isDoubted(event) || proven.has(event),
  };
}

function isDoubted(event: RolloutEvent): boolean {
  if (event.kind === "verdict") return event.body.verdict === "promote";
  // To take a version out is a stop, and to let it in again is none.
  if (event.kind === "quarantine") return event.body.until === undefined;
  return event.kind === "command" && toBeProven.includes(event.body.command);
}

/**
 * Whether an effect that came of the verdict was reached: then the target itself bears it out, because a driver that
 * finds the target elsewhere leaves it alone. The last verdict of a run that died is followed by nothing, and its step
 * is watched once more.
 */
function isFollowed({ body }: EventOf<"verdict">, events: readonly LedgerEvent[], index: number): boolean {
  const moves = new Set<number>();
  for (const event of events.slice(index + 1)) {
    const known = rolloutEvent(event);
    if (known === null || known.kind === "quarantine" || known.body.rollout !== body.rollout) continue;
    if (known.kind === "intent" && ["share", "promote"].includes(known.body.effect.kind))
      moves.add(known.body.number);
    if (known.kind === "result" && known.body.status === "done" && moves.has(known.body.number)) return true;
  }
  return false;
}

/** One comment has two names: its number, and its address. */
function commentNumber(source: string | undefined): string | undefined {
  return (
    /^comment (\d+) in /.exec(source ?? "")?.[1] ?? /#issuecomment-(\d+)$/.exec(source ?? "")?.[1] ?? source
  );
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
