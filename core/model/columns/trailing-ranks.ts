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
      const rank = rankAmong(sorted, value, least);
      if (!Number.isNaN(value)) {
        sorted.splice(countUpTo(sorted, value), 0, value);
        queue.push(value);
      }
      if (queue.length > size) sorted.splice(countBelow(sorted, queue.shift() ?? 0), 1);
      return rank;
    },
  };
}

/** The same among values that are sorted already. */
export function rankAmong(sorted: ArrayLike<number>, value: number, least: number): number {
  if (Number.isNaN(value) || sorted.length < least) return Number.NaN;
  return (countBelow(sorted, value) + countUpTo(sorted, value)) / 2 / sorted.length;
}

function countBelow(sorted: ArrayLike<number>, value: number): number {
  return countWhere(sorted, (one) => one < value);
}

function countUpTo(sorted: ArrayLike<number>, value: number): number {
  return countWhere(sorted, (one) => one <= value);
}
