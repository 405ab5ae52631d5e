import { linearQuantile } from "./linear-quantile.ts";

/**
 * The middle 95 % of a figure on rows that were drawn anew (Efron's percentile interval, 1979). Draws of which the figure
 * knows nothing (NaN) are left out; NaN at both ends where none is left.
 *
 * Example: of 0, 1, 2 … 1000 it is [25, 975].
 */
export function bootstrapInterval(figures: readonly number[]): [number, number] {
  const sorted = Float64Array.from(figures.filter((one) => !Number.isNaN(one))).sort();
  return [linearQuantile(sorted, 0.025), linearQuantile(sorted, 0.975)];
}
