import type { Measurements } from "./measurements.ts";

/** Windows, from 0, that begin with another weight than the one before; the first of a rollout always does. */
export function stepsOf(weights: Measurements["weights"]): number[] {
  const known = weights ?? [];
  return [
    0,
    ...known.flatMap((weight, window) => {
      const before = known.slice(0, window).findLast((one) => one !== null);
      return window > 0 && weight !== null && before !== undefined && weight !== before ? [window] : [];
    }),
  ];
}
