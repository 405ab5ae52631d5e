import type { Target } from "../core/ports.ts";
import type { HandsOff, Mark, Observed, Shape } from "../core/rollout/observed.ts";
import type { RolloutPlan } from "../core/rollout/plan.ts";
import { shapeAfter } from "../core/rollout/reconcile.ts";

/** A target in memory that does at once what it is asked, and remembers every share that it ever had. */
export function virtualTarget(stable: string) {
  let shape: Shape = { stable, candidate: null, share: 0 };
  let mark: Mark | null = null;
  let handsOff: HandsOff | null = null;
  let paused = false;
  const shares: (number | null)[] = [];
  const plans: RolloutPlan[] = [];
  const faults: Observed["faults"] = [];
  const target: Target = {
    traits: { fenced: false, freezes: false },
    can: async () => [],
    observe: async () => ({ ...shape, settled: true, ready: true, paused, mark, handsOff, faults }),
    apply: async (plan, effect, given) => {
      mark = given;
      plans.push(plan);
      if (effect.kind === "pause" || effect.kind === "resume") paused = effect.kind === "pause";
      shape = shapeAfter(plan, effect, shape);
      shares.push(shape.share);
    },
    keepOff: async (_plan, given) => {
      handsOff = given;
    },
  };
  return {
    target,
    shares,
    plans,
    faults,
    get shape(): Shape {
      return shape;
    },
    set shape(given: Shape) {
      shape = given;
    },
    get mark(): Mark | null {
      return mark;
    },
  };
}
