import type { Measurements } from "../core/analysis/measurements.ts";
import { readMeasurements } from "../core/analysis/read-measurements.ts";
import { linesOfFile } from "./lines.ts";

/** Reason codes of a file of rollouts that does not fit, and of one that is not there. */
export const rolloutReasons = ["bad-measurements", "measurements-not-found"] as const;

/** A whole file of past rollouts, one a line; `-` is standard input. */
export async function rolloutsOfFile(path: string): Promise<Measurements[]> {
  const rollouts: Measurements[] = [];
  for await (const { text, where } of linesOfFile(path, ...rolloutReasons))
    rollouts.push(readMeasurements(text, where));
  return rollouts;
}
