import { type PastRollouts, pastRollouts } from "../../core/analysis/past-rollouts.ts";
import type { Line } from "../../core/analysis/rollouts-of.ts";
import { linesOfFile } from "./lines.ts";

/** The lines of a file of rollouts; `-` is standard input. */
export function rolloutLines(path: string): AsyncGenerator<Line> {
  return linesOfFile(path, "bad-measurements", "measurements-not-found");
}

export function pastRolloutsOfFile(path: string): Promise<PastRollouts> {
  return pastRollouts(rolloutLines(path));
}
