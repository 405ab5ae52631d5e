import type { LedgerEvent } from "../../core/evidence/event.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import { backAsked } from "../../core/rollout/back-asked.ts";
import { foldStream, unfinished } from "../../core/rollout/fold-stream.ts";
import { leaseSecondsOf } from "../../core/rollout/plan-of.ts";
import { type Silence, silenceOf } from "../../core/rollout/silence.ts";
import type { RolloutState } from "../../core/rollout/state.ts";
import type { Here } from "../commands/rollout/here.ts";

/** A rollout that is somebody's no more at `fromMs`. */
export type Forsaken = Omit<Silence, "left"> & {
  state: RolloutState;
  /** So long after it was asked for, people hear that nobody has taken it up. */
  patienceSeconds: number;
};

/** Undefined where nothing is to be done: it has ended, people stopped it, or its run said what it waits for. */
export function forsakenIn(events: readonly LedgerEvent[], here: Here, now: Date): Forsaken | undefined {
  const rollouts = foldStream(events);
  const state = unfinished(rollouts);
  if (state === undefined) return here.trusted ? askedIn(events, [...rollouts.values()].at(-1)) : undefined;
  const { plan, stop } = state;
  if (!here.isOwn(plan) || stop !== null) return undefined;
  const leaseSeconds = leaseSecondsOf(thresholdsFor(here.policy.thresholds, plan));
  const { left, ...silence } = silenceOf(events, state, leaseSeconds, now.toISOString());
  if (left && !silence.back) return undefined;
  return { ...silence, state, patienceSeconds: silence.back ? plan.back_within_seconds : leaseSeconds };
}

/** Going back was asked for where nothing was under way. On branches a watchdog does not follow such a word. */
function askedIn(events: readonly LedgerEvent[], last: RolloutState | undefined): Forsaken | undefined {
  const asked = backAsked(events);
  if (asked === null || last === undefined) return undefined;
  return {
    ...{ back: true, since: asked.at, fromMs: Date.parse(asked.at), name: `asked ${asked.at}` },
    ...{ state: last, patienceSeconds: last.plan.back_within_seconds },
  };
}
