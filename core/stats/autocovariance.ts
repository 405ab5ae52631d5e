import { mean } from "simple-statistics";

/**
 * How values go together with those `lag` places later, for lag 0 up to `mostLags`: the mean product of their
 * deviations, over the number of all values at every lag, which keeps every sum of them that stands for a variance at 0
 * or above (Priestley 1981, 5.3).
 *
 * Example: autocovariance([1, 2, 3, 4], 1) is [1.25, 0.3125].
 */
export function autocovariance(values: readonly number[], mostLags: number): number[] {
  const deviations = deviationsOf(values);
  const lags = Math.min(mostLags, values.length - 1) + 1;
  return Array.from({ length: lags }, (_, lag) => covarianceAt(deviations, lag));
}

export function deviationsOf(values: readonly number[]): Float64Array {
  const centre = values.length > 0 ? mean([...values]) : 0;
  return Float64Array.from(values, (value) => value - centre);
}

/** For one lag, where it is not known beforehand how many will be needed. */
export function covarianceAt(deviations: Float64Array, lag: number): number {
  let sum = 0;
  for (let index = lag; index < deviations.length; index += 1)
    sum += (deviations[index] ?? 0) * (deviations[index - lag] ?? 0);
  return sum / deviations.length;
}
