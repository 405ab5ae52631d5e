import { autocovariance } from "./autocovariance.ts";

/**
 * The variance of a mean of values that hang together over time: autocovariances summed with weights that fall evenly to
 * 0 past `lags` (Bartlett's window, as of Newey and West 1987), over the number of values. Without `lags` it looks as
 * far as Newey and West (1994) advise, 4 · (values / 100)^(2/9). It needs some ten times as many values as lags;
 * `undefined` below two values.
 *
 * Example: varianceOfMean([1, 2, 3, 4], { lags: 1 }) is 0.390625: (1.25 + 2 · 0.5 · 0.3125) / 4.
 */
export function varianceOfMean(
  values: readonly number[],
  { lags = advisedLags(values.length) }: { lags?: number } = {},
): number | undefined {
  if (values.length < 2) return undefined;
  const covariances = autocovariance(values, lags);
  const sum = covariances.reduce(
    (total, covariance, lag) => total + (lag === 0 ? 1 : 2 * (1 - lag / (lags + 1))) * covariance,
    0,
  );
  return sum / values.length;
}

function advisedLags(size: number): number {
  return Math.floor(4 * (size / 100) ** (2 / 9));
}
