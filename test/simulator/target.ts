import { overtaken, refused, unavailable } from "../../adapters/targets/faults.ts";
import type { TargetEffect } from "../../core/rollout/effect.ts";
import {
  abortedCode,
  type HandsOff,
  type Mark,
  type Observed,
  type Shape,
} from "../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../core/rollout/plan.ts";
import type { Chance } from "./chance.ts";

/** A target as it truly stands: what it runs, where it is going, and the last mark of ours. */
export type TrueTarget = ReturnType<typeof trueTarget>;
export type TargetTrouble = { partial: number; refusing: number; slowMove: number; unready: number };
type Move = { to: Shape; at: number; left: number; back: boolean };

export function trueTarget(
  options: { fenced: boolean; stable: string },
  world: { now(): number; chance: Chance; trouble(): TargetTrouble | null; crashLoops(id: string): boolean },
) {
  const { chance } = world;
  let shape: Shape = { stable: options.stable, candidate: null, share: 0 };
  let move: Move | null = null;
  let paused = false;
  let aborted = false;
  let ready = true;
  let mark: Mark | null = null;
  let handsOff: HandsOff | null = null;

  const settle = (): void => {
    if (move === null || (paused && !move.back) || world.now() < move.at) return;
    shape = move.to;
    move = null;
  };

  const observe = (): Observed => {
    settle();
    if (!ready && world.trouble() === null) ready = true;
    const looping = shape.candidate !== null && (shape.share ?? 0) > 0 && world.crashLoops(shape.candidate);
    const faults = [
      ...(aborted ? [{ code: abortedCode, sentence: "Somebody aborted it." }] : []),
      ...(looping ? [{ code: "crash-loop", sentence: "The candidate does not stay up." }] : []),
    ];
    return { ...shape, settled: move === null, ready, paused, mark, handsOff, faults };
  };

  /** Gives whether anything changed by it. */
  const apply = (plan: RolloutPlan, effect: TargetEffect, given: Mark): boolean => {
    settle();
    const trouble = world.trouble();
    if (options.fenced && given.fencing < (mark?.fencing ?? 0))
      throw overtaken(given.fencing, mark?.fencing ?? 0);
    if (trouble !== null && chance.happens(trouble.refusing)) throw refused("The target refuses.");
    const late = mark?.rollout === given.rollout && given.number < mark.number;
    mark = given;
    if (trouble !== null && chance.happens(trouble.partial / 3))
      throw unavailable("It broke between the mark and the effect.");
    if (effect.kind === "pause" || effect.kind === "resume") return freeze(effect.kind === "pause");
    if (aborted && (effect.kind === "share" || effect.kind === "promote")) throw refused("It was aborted.");
    aborted = false;
    const to = wanted(plan, effect);
    if (same(to, move?.to ?? shape)) return false;
    const half = trouble !== null && !late && chance.happens(trouble.partial);
    const slow = trouble !== null && chance.happens(trouble.slowMove);
    const milliseconds = slow ? chance.between(30_000, 600_000) : chance.between(0, 20_000);
    move = {
      to: half ? halfWay(shape, to) : to,
      at: world.now() + milliseconds,
      left: milliseconds,
      back: effect.kind === "restore",
    };
    ready = !(trouble !== null && chance.happens(trouble.unready));
    return true;
  };

  const freeze = (wanted: boolean): boolean => {
    if (paused === wanted) return false;
    paused = wanted;
    if (move !== null) {
      if (wanted) move.left = Math.max(0, move.at - world.now());
      else move.at = world.now() + move.left;
    }
    return true;
  };

  return {
    observe,
    apply,
    keepOff: (given: HandsOff | null): void => {
      handsOff = given;
    },
    /** A person changes it by hand, past all automation. */
    meddle: (to: Shape): void => {
      settle();
      shape = to;
      move = null;
    },
    /** A person takes the candidate back on the target itself; gives whether there was one. */
    abortByHand: (): boolean => {
      settle();
      if (shape.candidate === null) return false;
      shape = { ...shape, share: 0 };
      move = null;
      aborted = true;
      return true;
    },
    pauseByHand: (): void => {
      settle();
      freeze(true);
    },
    /** The most that the candidate has or is about to get. */
    share: (): number => Math.max(shape.share ?? 0, move?.to.share ?? 0),
    /** Where it is, or is on its way to. */
    heading: (): Shape => move?.to ?? shape,
  };
}

/** What an effect means, told once more and apart from core, so that the two hold each other. */
export function wanted(plan: RolloutPlan, effect: TargetEffect): Shape {
  const stable = plan.stable?.id ?? null;
  if (effect.kind === "promote") return { stable: plan.candidate.id, candidate: null, share: 0 };
  if (effect.kind === "restore") return { stable, candidate: null, share: 0 };
  return { stable, candidate: plan.candidate.id, share: effect.kind === "share" ? effect.share : 0 };
}

export function same(left: Shape, right: Shape): boolean {
  return left.stable === right.stable && left.candidate === right.candidate && left.share === right.share;
}

function halfWay(from: Shape, to: Shape): Shape {
  return {
    ...from,
    candidate: to.candidate ?? from.candidate,
    share: Math.round(((from.share ?? 0) + (to.share ?? 0)) / 2),
  };
}
