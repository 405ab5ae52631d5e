import { linearQuantile } from "./linear-quantile.ts";
import type { Random } from "./random.ts";

/**
 * Where a figure of some rows lies when rows are drawn anew, with replacement: the middle `share` of `draws` figures
 * (Efron's percentile interval, 1979). The figure is asked with how often each row was drawn; draws of which it knows nothing (NaN) are
 * left out. NaN at both ends where none is left.
 *
 * Example: of the mean of 100 throws of a coin the middle 95 % is about [0.4, 0.6].
 */
export function bootstrapInterval(
  rows: number,
  figure: (counts: Uint16Array) => number,
  { random, draws = 500, share = 0.95 }: { random: Random; draws?: number; share?: number },
): [number, number] {
  const counts = new Uint16Array(rows);
  const figures: number[] = [];
  for (let draw = 0; draw < draws; draw += 1) {
    counts.fill(0);
    for (let drawn = 0; drawn < rows; drawn += 1) {
      const row = Math.floor(random.uniform() * rows);
      counts[row] = (counts[row] ?? 0) + 1;
    }
    const one = figure(counts);
    if (!Number.isNaN(one)) figures.push(one);
  }
  const sorted = Float64Array.from(figures).sort();
  return [linearQuantile(sorted, (1 - share) / 2), linearQuantile(sorted, (1 + share) / 2)];
}
