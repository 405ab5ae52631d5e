export type Dispersion = {
  /** 1 where counts spread as chance alone would have it; 4 where they spread twice as far. */
  factor: number;
  /** Windows that it rests on, less the one that went into the common rate. */
  degrees: number;
};

/**
 * How many times more than chance the bad ones among a window's events vary from window to window: Pearson's chi-square
 * around the common share, over its degrees of freedom (McCullagh and Nelder 1989, 4.5.2). Below 1 it is an accident
 * more often than a fact, so whoever widens an interval by it takes at least 1. Windows without events say nothing;
 * `undefined` where fewer than two do, or where all events are alike.
 *
 * Example: three windows of 100 events with 1, 5 and 9 bad ones have factor 3.37: (16 + 0 + 16) / 4.75 / 2.
 */
export function dispersionOfShares(
  bad: readonly (number | null)[],
  total: readonly (number | null)[],
): Dispersion | undefined {
  const windows = pairs(bad, total);
  const share = rate(windows);
  if (!(share > 0 && share < 1)) return undefined;
  return pearson(windows, share);
}

type Window = { count: number; over: number };

function pairs(counts: readonly (number | null)[], over: readonly (number | null)[]): Window[] {
  return counts.flatMap((count, index) => {
    const size = over[index] ?? 0;
    return count !== null && size > 0 ? [{ count, over: size }] : [];
  });
}

function rate(windows: readonly Window[]): number {
  const total = windows.reduce((sum, { over }) => sum + over, 0);
  return windows.reduce((sum, { count }) => sum + count, 0) / total;
}

function pearson(windows: readonly Window[], share: number): Dispersion | undefined {
  const degrees = windows.length - 1;
  if (degrees < 1) return undefined;
  const square = windows.reduce(
    (sum, { count, over }) => sum + (count - over * share) ** 2 / (over * share * (1 - share)),
    0,
  );
  return { factor: square / degrees, degrees };
}
