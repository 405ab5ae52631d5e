import { covarianceAt, deviationsOf } from "./autocovariance.ts";

/**
 * How many independent values would tell as much of the mean as these, which hang together over time: their number over
 * 1 + 2 · the sum of autocorrelations. The sum ends where two neighbouring ones no longer add up to something above 0,
 * and each pair counts for no more than the one before (Geyer 1992, initial monotone sequence), so that noise in far
 * lags is left out without a window being chosen. Never more than there are; values that are all equal count as one.
 *
 * Example: 1000 values of which each is 0.6 of the one before plus noise tell about as much as 250.
 */
export function effectiveSize(values: readonly number[]): number {
  const size = values.length;
  if (size < 4) return size;
  const deviations = deviationsOf(values);
  const variance = covarianceAt(deviations, 0);
  if (!(variance > 0)) return 1;
  let sum = 0;
  let last = Number.POSITIVE_INFINITY;
  for (let lag = 0; lag + 1 < size; lag += 2) {
    const pair = (covarianceAt(deviations, lag) + covarianceAt(deviations, lag + 1)) / variance;
    if (pair <= 0) break;
    last = Math.min(last, pair);
    sum += last;
  }
  return Math.min(size, size / Math.max(2 * sum - 1, Number.MIN_VALUE));
}
