import { incompleteBeta } from "./incomplete-beta.ts";
import { normalBelow } from "./normal-below.ts";

/**
 * The share of Student's t distribution that lies below `t`: half of the incomplete beta function of
 * degrees / (degrees + t²) on each side (Abramowitz and Stegun 26.7.1). Degrees need not be whole, as they are not where
 * they come from an effective sample size.
 *
 * Example: studentBelow(2.2281388519649385, 10) is 0.975.
 */
export function studentBelow(t: number, degrees: number): number {
  if (!(degrees > 0) || Number.isNaN(t)) return Number.NaN;
  // Beyond this the two differ in the eighth digit, and sums of logarithms of the beta function lose more.
  if (degrees > 1e8) return normalBelow(t);
  const tail = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t > 0 ? 1 - tail : tail;
}
