import { normalQuantile } from "./normal-quantile.ts";
import { studentBelow } from "./student-below.ts";

/**
 * The t below which `share` of Student's t distribution lies. The distribution is steep or flat depending on its
 * degrees, so the answer is enclosed first and then halved down to: slower than a formula, and right for half a degree
 * as well as for a million.
 *
 * Example: studentQuantile(0.975, 10) is 2.2281388519649385.
 */
export function studentQuantile(share: number, degrees: number): number {
  if (!(degrees > 0) || !(share >= 0 && share <= 1)) return Number.NaN;
  if (share < 0.5) return -studentQuantile(1 - share, degrees);
  if (share === 1) return Number.POSITIVE_INFINITY;
  // A normal distribution has the thinner tails, so its quantile is never too large.
  let low = normalQuantile(share);
  let high = Math.max(1, 2 * low);
  while (studentBelow(high, degrees) < share) {
    low = high;
    high *= 2;
  }
  for (let middle = (low + high) / 2; middle > low && middle < high; middle = (low + high) / 2) {
    if (studentBelow(middle, degrees) < share) low = middle;
    else high = middle;
  }
  return high;
}
