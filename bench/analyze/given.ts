import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { readMeasurements } from "../../core/analysis/read-measurements.ts";

/** Data beside this checkout; the project does without them. */
export const given = fileURLToPath(new URL("../../../shared/data", import.meta.url));

export function rolloutsIn(file: string): Measurements[] | undefined {
  const path = `${given}/${file}`;
  if (!existsSync(path)) return undefined;
  return readFileSync(path, "utf8")
    .split("\n")
    .filter((line) => line.trim())
    .map((line, index) => readMeasurements(line, `${file}:${index + 1}`));
}
