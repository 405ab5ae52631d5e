import type { Noise } from "./noise.ts";

/** How far the difference moved from each window to the next, without its sign. */
export function stepsOf(differences: ArrayLike<number>): number[] {
  const steps: number[] = [];
  for (let at = 1; at < differences.length; at++) {
    const step = Math.abs((differences[at] ?? Number.NaN) - (differences[at - 1] ?? Number.NaN));
    if (Number.isFinite(step)) steps.push(Math.min(step, largestStep));
  }
  return steps;
}

const largestStep = 10;
const leastTimes = 1e-4;

/** How many times louder than the noise these steps are. */
export function loudness(noise: Noise, steps: readonly number[]): number {
  const mean = steps.reduce((sum, step) => sum + step, 0) / steps.length;
  // The mean step of this noise: of two draws of scatter, and of the drift's change.
  const usual = Math.sqrt(
    (2 / Math.PI) * (2 * noise.scatter ** 2 + 2 * (1 - noise.driftCorrelation) * noise.drift ** 2),
  );
  return Math.max(leastTimes, mean / usual);
}

export function louder(noise: Noise, times: number): Noise {
  return {
    ...noise,
    lasting: noise.lasting * times,
    drift: noise.drift * times,
    scatter: noise.scatter * times,
    lastingLikely: noise.lastingLikely.map(({ value, weight }) => ({ value: value * times, weight })),
  };
}
