import type { Worse } from "./measurements.ts";
import type { EffectScale } from "./noise/effect-scale.ts";

/** Shifts of these parts of policy's target are looked for: smaller ones late, larger ones soon. */
const partsOfTarget = [0.6, 1.3];
/** A shift may begin later at so many places of a rollout, besides at every step. */
const evenStarts = 3;

export function sizesOf(scale: EffectScale, target: number, worse: Worse): number[] {
  const sizes = partsOfTarget.map((part) => Math.abs(scale.difference((1 + target) ** part - 1)));
  const falls = sizes.map((size) => -size);
  if (worse === "lower") return falls;
  return worse === "either" ? [...sizes, ...falls] : sizes;
}

/** Windows, from 0, from which on another shift may have begun. */
export function laterStartsOf(windows: number, steps: readonly number[]): Set<number> {
  const evenly = Array.from({ length: evenStarts }, (_, start) =>
    Math.round(((start + 1) * windows) / (evenStarts + 1)),
  );
  return new Set([...evenly, ...steps].filter((start) => start > 0 && start < windows));
}
