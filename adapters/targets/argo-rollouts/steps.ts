import type { Canary, Step } from "./resource.ts";

/**
 * Where a canary stops for as long as it likes: the index of a pause without an end, the weight that stands there, and
 * the step at which one begins to get there from the rest before.
 */
export type Rest = { share: number; begin: number; pause: number };

export function restsOf(steps: readonly Step[]): Rest[] {
  const rests: Rest[] = [];
  let share = 0;
  let begin = 0;
  for (const [index, step] of steps.entries()) {
    if (step.setWeight !== undefined) share = step.setWeight;
    if (!isEndless(step)) continue;
    rests.push({ share, begin, pause: index });
    begin = index + 1;
  }
  return rests;
}

function isEndless({ pause }: Step): boolean {
  return pause !== undefined && pause !== null && (pause.duration ?? null) === null;
}

/** Steps, counted from 1, after which the controller would go on by itself to the next weight. */
export function movesByItself({ steps }: Canary): number[] {
  const found: number[] = [];
  let open: number | null = null;
  for (const [index, step] of steps.entries()) {
    if (step.setWeight !== undefined) {
      if (open !== null) found.push(open + 1);
      open = index;
    }
    if (isEndless(step)) open = null;
  }
  return open === null ? found : [...found, open + 1];
}

/** The rest at which a canary stands, by the index of its step. */
export function restAt(rests: readonly Rest[], index: number | null | undefined): Rest | undefined {
  return rests.find(({ pause }) => pause === index);
}

/**
 * The next rest on the way to a share. Upwards one after the other: a jump over a rest would give a weight to pods that
 * were never started for it, because the controller holds the weight of the step before while it scales.
 */
export function nextRest(rests: readonly Rest[], share: number, index: number): Rest | undefined {
  const goal = rests.find((rest) => rest.share === share);
  if (goal === undefined || index >= goal.begin) return goal;
  return rests.find(({ pause }) => pause > index);
}

/** Whether the controller is at a rest, or gets there without being told. */
export function leadsTo({ begin, pause }: Rest, index: number): boolean {
  return begin <= index && index <= pause;
}
