import { linearQuantile } from "../../stats/linear-quantile.ts";
import { largestValue } from "../difference.ts";
import type { KayentaOptions } from "./options.ts";

/** A metric's values, sorted, as the test takes them: missing ones left out or zero, outliers left out where asked. */
export function kayentaValues(
  given: readonly (number | null)[],
  { nanStrategy, outliers }: Pick<KayentaOptions, "nanStrategy" | "outliers">,
): Float64Array {
  const values = new Float64Array(given.length);
  let count = 0;
  for (const value of given) {
    const measured = isMeasured(value);
    if (!measured && nanStrategy === "remove") continue;
    values[count] = measured ? value : 0;
    count += 1;
  }
  const sorted = values.subarray(0, count).sort();
  return outliers.strategy === "remove" ? withoutOutliers(sorted, outliers.outlierFactor) : sorted;
}

/** Infinity is no measurement, nor is what lies so far out that the steps of Kayenta's search would not reach it. */
export function isMeasured(value: number | null): value is number {
  return value !== null && Math.abs(value) < largestValue;
}

/** Tukey's fences around the quartiles, widened so that they never cut more than one percent on a side. */
function withoutOutliers(sorted: Float64Array, factor: number): Float64Array {
  const low = linearQuantile(sorted, 0.25);
  const high = linearQuantile(sorted, 0.75);
  const least = Math.min(linearQuantile(sorted, 0.01), low - factor * (high - low));
  const most = Math.max(linearQuantile(sorted, 0.99), high + factor * (high - low));
  return sorted.filter((value) => value >= least && value <= most);
}
