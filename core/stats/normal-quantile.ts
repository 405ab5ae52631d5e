import { normalBelow } from "./normal-below.ts";

/**
 * The z below which `share` of a standard normal distribution lies. It starts from Abramowitz and Stegun 26.2.23, which
 * is right to 4.5e-4, and takes three of Halley's steps on the exact share. `probit` of simple-statistics rests on an
 * approximation that is off in the third digit: 1.957 for 1.960, and an interval with it holds less than it promises.
 *
 * Example: normalQuantile(0.975) is 1.959963984540054.
 */
export function normalQuantile(share: number): number {
  if (!(share >= 0 && share <= 1)) return Number.NaN;
  if (share > 0.5) return -normalQuantile(1 - share);
  if (share === 0) return Number.NEGATIVE_INFINITY;
  const far = Math.sqrt(-2 * Math.log(share));
  let z =
    (2.515_517 + far * (0.802_853 + far * 0.010_328)) /
      (1 + far * (1.432_788 + far * (0.189_269 + far * 0.001_308))) -
    far;
  for (let step = 0; step < 3; step += 1) {
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const miss = (normalBelow(z) - share) / density;
    z -= miss / (1 + (z * miss) / 2);
  }
  return z;
}
