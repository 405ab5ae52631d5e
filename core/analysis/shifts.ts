import type { Worse } from "./measurements.ts";
import type { EffectScale } from "./noise/effect-scale.ts";

/**
 * Shifts of these parts of policy's target are looked for, with so much of the evidence. Most of it is for those near
 * the target; the large ones are there because a rollout that goes up in flames would else pass for a loud one.
 */
const partsOfTarget = [
  { part: 0.6, weight: 0.4 },
  { part: 1.3, weight: 0.4 },
  { part: 3, weight: 0.07 },
  { part: 6, weight: 0.07 },
  { part: 12, weight: 0.06 },
];
/** A shift may begin later at so many places of a comparison, besides at every step. */
const evenStarts = 3;
/** Over several steps it is long, and harm may come with any load: one place for so many windows, up to so many places. */
const windowsPerStart = 4;
const mostStarts = 24;

export function sizesOf(
  scale: EffectScale,
  target: number,
  worse: Worse,
): { sizes: number[]; weights: number[] } {
  const sizes = partsOfTarget.map(({ part }) => Math.abs(scale.difference((1 + target) ** part - 1)));
  const weights = partsOfTarget.map(({ weight }) => weight);
  const falls = sizes.map((size) => -size);
  if (worse === "lower") return { sizes: falls, weights };
  if (worse === "higher") return { sizes, weights };
  const halves = weights.map((weight) => weight / 2);
  return { sizes: [...sizes, ...falls], weights: [...halves, ...halves] };
}

/** Windows, from 0, from which on another shift may have begun. */
export function laterStartsOf(windows: number, steps: readonly number[], overSteps = false): Set<number> {
  const often = Math.min(mostStarts, Math.floor(windows / windowsPerStart) - 1);
  const places = overSteps ? Math.max(evenStarts, often) : evenStarts;
  const evenly = Array.from({ length: places }, (_, start) =>
    Math.round(((start + 1) * windows) / (places + 1)),
  );
  return new Set([...evenly, ...steps].filter((start) => start > 0 && start < windows));
}
