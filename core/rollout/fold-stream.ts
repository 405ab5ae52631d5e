import type { LedgerEvent } from "../evidence/event.ts";
import { type RolloutEvent, rolloutEvent } from "./events.ts";
import { fold, opened } from "./next.ts";
import { isNamed } from "./plan.ts";
import type { RolloutState } from "./state.ts";

/** Every rollout of a stream, in the order in which they were opened. */
export type Rollouts = ReadonlyMap<string, RolloutState>;

/** Whether an event may be acted on: a person's word is looked up where it was said. */
export type Believes = (event: RolloutEvent) => boolean;

/** `before`: what follows from the events in front of these, where that is known already. */
export function foldStream(
  events: readonly LedgerEvent[],
  believes: Believes = () => true,
  before: Rollouts = new Map(),
): Rollouts {
  const rollouts = new Map(before);
  for (const event of believed(events, believes)) add(rollouts, event);
  return rollouts;
}

export function believed(events: readonly LedgerEvent[], believes: Believes = () => true): RolloutEvent[] {
  return events.flatMap((event) => {
    const known = rolloutEvent(event);
    return known !== null && isBelieved(known, believes) ? [known] : [];
  });
}

/** A word that cannot be looked up is nobody's. */
function isBelieved(event: RolloutEvent, believes: Believes): boolean {
  try {
    return believes(event);
  } catch {
    return false;
  }
}

function add(rollouts: Map<string, RolloutState>, event: RolloutEvent): void {
  if (event.kind === "quarantine") {
    const running = unfinished(rollouts);
    if (running !== undefined) rollouts.set(running.plan.rollout, fold(running, event));
    return;
  }
  const { rollout } = event.body;
  const before = rollouts.get(rollout);
  if (event.kind === "rollout") {
    // One at a time, whoever wrote a second one; and none twice.
    if (before === undefined && unfinished(rollouts) === undefined && event.body.plan.rollout === rollout)
      rollouts.set(rollout, opened(event.body.plan, event.at));
    return;
  }
  if (before !== undefined) rollouts.set(rollout, fold(before, event));
}

/** The one rollout of a stream that has not ended, if there is one. */
export function unfinished(rollouts: Rollouts): RolloutState | undefined {
  return [...rollouts.values()].find(({ doing }) => doing.kind !== "ended");
}

/** What was written about one rollout, and what a person said of its candidate. */
export function eventsOf(events: readonly LedgerEvent[], { plan }: RolloutState): RolloutEvent[] {
  const known = events.flatMap((event) => rolloutEvent(event) ?? []);
  return known.filter(({ body }) =>
    "rollout" in body ? body.rollout === plan.rollout : isNamed(plan.candidate, body.digest),
  );
}
