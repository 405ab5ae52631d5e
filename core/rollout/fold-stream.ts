import type { LedgerEvent } from "../evidence/event.ts";
import { parseStream } from "../evidence/stream.ts";
import { type RolloutEvent, rolloutEvent } from "./events.ts";
import { fold, opened } from "./next.ts";
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
  for (const event of events) {
    const known = rolloutEvent(event);
    if (known !== null && isHere(known, event) && isBelieved(known, believes)) add(rollouts, known);
  }
  return rollouts;
}

/** A plan of another service, or for elsewhere, is none of this stream's. */
function isHere(known: RolloutEvent, { stream }: LedgerEvent): boolean {
  if (known.kind !== "rollout") return true;
  const { environment, service } = known.body.plan;
  const place = parseStream(stream);
  return place?.kind === "service" && place.environment === environment && place.service === service;
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
