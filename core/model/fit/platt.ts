import { probabilityOf } from "../predict.ts";
import type { Calibration } from "./calibration.ts";
import { logistic } from "./logistic.ts";

/** So many changes that came just as they were said are put beside those that came. */
const believed = 40;
/** However little scores told, a change that was given more is not given less. */
const leastSlope = 0.1;

/**
 * Platt's calibration (1999): a logistic line through the log-odds that a model gave to changes it had not seen, drawn back
 * to leaving them as they are, so that few outcomes change little.
 *
 * Example: where every second change failed of many that were given one in four, log-odds move up by about log 3.
 */
export function platt(
  logOdds: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): Extract<Calibration, { kind: "line" }> {
  const all = Array.from(weights).reduce((sum, weight) => sum + weight, 0);
  const middle = Array.from(logOdds).reduce((sum, one, row) => sum + one * (weights[row] ?? 0), 0) / all;
  if (!(all > 0)) return { kind: "line", slope: 1, shift: 0 };
  const rows = {
    columns: [Float64Array.of(...Array.from(logOdds), middle)],
    labels: [...Array.from(labels), probabilityOf(middle)],
    weights: [...Array.from(weights), believed],
  };
  const { intercept, slopes } = logistic(rows, believed, { intercept: 0, slopes: [1] });
  return { kind: "line", slope: Math.max(leastSlope, slopes[0] ?? 1), shift: intercept };
}
