import { countWhere } from "../count-where.ts";

/**
 * Where a value stands among those before it, from 0 to 1, ties in the middle: of the newest `size` values, so that what
 * counts as large follows the project. With fewer than `least` before it, nobody knows: NaN.
 *
 * Example: after 1, 2, 3, 4 with `least` 4 the value 3 has rank 0.625: two below it, one beside it.
 */
export function trailingRanks(size: number, least: number): { next(value: number): number } {
  const sorted: number[] = [];
  const queue: number[] = [];
  return {
    next(value) {
      const [low, high] = Number.isNaN(value)
        ? [0, 0]
        : [countBelow(sorted, value), countUpTo(sorted, value)];
      const isKnown = !Number.isNaN(value) && sorted.length >= least;
      const rank = isKnown ? (low + high) / 2 / sorted.length : Number.NaN;
      if (!Number.isNaN(value)) {
        sorted.splice(high, 0, value);
        queue.push(value);
      }
      if (queue.length > size) sorted.splice(countBelow(sorted, queue.shift() ?? 0), 1);
      return rank;
    },
  };
}

function countBelow(sorted: readonly number[], value: number): number {
  return countWhere(sorted, (one) => one < value);
}

function countUpTo(sorted: readonly number[], value: number): number {
  return countWhere(sorted, (one) => one <= value);
}
