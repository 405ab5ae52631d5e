import { sameEffect, type TargetEffect } from "./effect.ts";
import { abortedCode, type Mark, type Observed, type Shape, sameShape } from "./observed.ts";
import type { RolloutPlan } from "./plan.ts";
import type { RolloutState } from "./state.ts";

/** Compares what a target says with what was asked of it. */

/** How the target looks once the effect holds. */
export function shapeAfter(plan: RolloutPlan, effect: TargetEffect, before: Shape): Shape {
  const [candidate, stable] = [plan.candidate.id, plan.stable?.id ?? null];
  switch (effect.kind) {
    case "deploy":
      return { stable, candidate, share: 0 };
    case "share":
      return { stable, candidate, share: effect.share };
    case "promote":
      return { stable: candidate, candidate: null, share: 0 };
    case "restore":
      return { stable, candidate: null, share: 0 };
    case "pause":
    case "resume":
      return { stable: before.stable, candidate: before.candidate, share: before.share };
  }
}

/** What is to stand on the target before its effect does. */
export function markFor(
  plan: RolloutPlan,
  effect: TargetEffect,
  fencing: number,
  number: number,
  observed: Observed,
): Mark {
  const { mark, stable, candidate, share } = observed;
  const seen: Shape = { stable, candidate, share };
  const underWay = !observed.settled && mark?.rollout === plan.rollout ? mark : null;
  const freezing = effect.kind === "pause" || effect.kind === "resume";
  // What is under way while it is paused comes to rest where it was sent.
  const to = freezing && underWay !== null ? underWay.to : shapeAfter(plan, effect, seen);
  // What is turned round comes to rest half-way as well, and how far it had come by then does not show yet.
  const from = underWay !== null && sameShape(to, underWay.from) ? underWay.to : seen;
  return { rollout: plan.rollout, fencing, number, from, to };
}

export function satisfied(plan: RolloutPlan, effect: TargetEffect, observed: Observed): boolean {
  if (effect.kind === "pause" || effect.kind === "resume")
    return observed.paused === (effect.kind === "pause");
  if (!observed.settled || !sameShape(observed, shapeAfter(plan, effect, observed))) return false;
  // Traffic goes to nobody whose instances are known not to be ready, or who was taken back.
  return effect.kind === "restore" || (observed.ready !== false && !isAborted(plan, observed));
}

function isAborted({ candidate }: RolloutPlan, observed: Observed): boolean {
  return observed.candidate === candidate.id && observed.faults.some(({ code }) => code === abortedCode);
}

/**
 * Somebody took the candidate back on the target itself: a person's word for going back, once. What was aborted before
 * a start is what the start begins anew.
 */
export function abortedOnTarget(state: RolloutState, observed: Observed): boolean {
  const { plan, doing, turned, stop } = state;
  const isHeard = turned !== null || stop?.code === "unsafe-back" || stop?.code === "no-known-good";
  if (isHeard || !isAborted(plan, observed)) return false;
  if (doing.kind !== "moving" || doing.effect.kind !== "deploy") return true;
  return isMarkOf(state, observed) && observed.mark?.from.candidate !== plan.candidate.id;
}

/** The target is paused, and nothing of the rollout wants it to be: its pause was ours and late, or a person's. */
export function strayPause(state: RolloutState, { mark, paused }: Observed): "ours" | "somebody's" | null {
  const { plan, frozen, stop, turned, pauses, accepted } = state;
  if (!plan.freezes || !paused || frozen || stop !== null || turned !== null) return null;
  const ours = mark !== null && mark.rollout === plan.rollout && pauses.includes(mark.number);
  // A person who said that the target is right so wants it to go on.
  return ours || accepted !== null ? "ours" : "somebody's";
}

/** An effect is under way: its mark stands, and the target has not come to rest. */
export function underWay(state: RolloutState, observed: Observed): boolean {
  return isMarkOf(state, observed) && !observed.settled && observed.unfinished !== true;
}

export function isMarkOf({ plan, open }: RolloutState, { mark }: Pick<Observed, "mark">): boolean {
  return mark !== null && open !== null && mark.rollout === plan.rollout && mark.number === open.number;
}

/**
 * Somebody else changed the target: it has come to rest where neither the last of our writers left it nor wanted it.
 * Before the first effect there is nothing of ours to compare with.
 */
export function changedBySomebody(state: RolloutState, observed: Observed): boolean {
  const { mark } = observed;
  const { plan, accepted, reached } = state;
  if (!observed.settled || state.numbers === 0 || isAborted(plan, observed)) return false;
  if (accepted !== null && sameShape(accepted, observed)) return false;
  if (reached !== null && sameShape(observed, shapeAfter(plan, reached, observed))) return false;
  if (mark === null || mark.rollout !== plan.rollout) return reached !== null;
  // What was asked for and not yet reached may have come to rest half-way.
  return mark.number > state.reachedNumber ? !isBetween(mark, observed) : !sameShape(observed, mark.to);
}

function isBetween({ from, to }: Mark, { stable, candidate, share }: Shape): boolean {
  if (stable !== from.stable && stable !== to.stable) return false;
  if (candidate !== from.candidate && candidate !== to.candidate) return false;
  if (share === null || from.share === null || to.share === null)
    return share === from.share || share === to.share;
  return share >= Math.min(from.share, to.share) && share <= Math.max(from.share, to.share);
}

/**
 * A writer whose lease was overtaken wrote after us, to a target that could not refuse it: the mark is of an earlier
 * effect than the last one that was seen to hold, or of an earlier rollout, and the target is where that one led.
 * What was reached is brought back.
 */
export function staleWrite(state: RolloutState, observed: Observed, fencing: number): boolean {
  const { mark } = observed;
  const { plan, reached } = state;
  if (mark === null || reached === null || satisfied(plan, reached, observed)) return false;
  const { open } = state;
  // Its undoing may have come as far as its own mark, and no farther.
  const undoing = isMarkOf(state, observed) && open !== null && sameEffect(open.effect, reached);
  const late =
    mark.rollout === plan.rollout
      ? mark.number < state.reachedNumber && mark.number !== state.left
      : mark.fencing < fencing;
  return (late || undoing) && (!observed.settled || isBetween(mark, observed));
}

/**
 * A rollback that could not reach the ledger took numbers of its own: the mark is above the lease, or above every
 * intent, or stands for something else than the intent of its number.
 */
export function writtenPastLedger(state: RolloutState, observed: Observed, fencing: number): boolean {
  const { mark } = observed;
  if (mark === null) return false;
  if (mark.fencing > fencing) return true;
  if (mark.rollout !== state.plan.rollout || state.turned !== null) return false;
  const { accepted } = state;
  const meantToo = accepted !== null && mark.number <= (accepted.mark ?? Number.POSITIVE_INFINITY);
  if (meantToo && sameShape(accepted, observed)) return false;
  if (mark.number > state.numbers) return true;
  const reached = mark.number === state.reachedNumber ? state.reached : null;
  const meant = isMarkOf(state, observed) ? state.open?.effect : reached;
  const forth = meant?.kind === "deploy" || meant?.kind === "share" || meant?.kind === "promote";
  return forth && isBack(state.plan, mark);
}

export function isBack(plan: RolloutPlan, { to }: Mark): boolean {
  return sameShape(to, shapeAfter(plan, { kind: "restore" }, to));
}

/** The next number of an effect: above every intent, and above a mark that no intent stands for. */
export function nextNumber({ plan, numbers }: RolloutState, { mark }: Pick<Observed, "mark">): number {
  return Math.max(numbers, mark?.rollout === plan.rollout ? mark.number : 0) + 1;
}
