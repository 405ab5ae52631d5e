import { isDeepStrictEqual } from "node:util";
import { windowsOf } from "../../core/analysis/difference.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { nothingPast, type PastRollouts, pastRollouts, runOf } from "../../core/analysis/past-rollouts.ts";
import { readMeasurements } from "../../core/analysis/read-measurements.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import type { AnalyzePorts } from "./run.ts";

type Files = Pick<AnalyzePorts, "lines" | "addLines">;

export async function historyOf({ history, append }: AnalyzeInputs, ports: Files): Promise<PastRollouts> {
  if (history === undefined) return nothingPast;
  return append ? historyToAddTo(ports, history) : pastRollouts(ports.lines(history));
}

/** Nothing is added yet: that the file can be written to is found out before the rollout, not at its end. */
export async function historyToAddTo(ports: Files, path: string): Promise<PastRollouts> {
  if (path === "-")
    throw new UserError(
      "bad-input",
      "Nothing can be added to standard input. Name a file in history.",
      exitCodes.usage,
    );
  await ports.addLines(path, []);
  return pastRollouts(ports.lines(path));
}

/** What a run that goes on measured before says nothing about itself. */
export function ofOthers(past: readonly Measurements[], before: Measurements | undefined): Measurements[] {
  const own = before && runOf(before);
  return past.filter((rollout) => own === undefined || runOf(rollout) !== own);
}

/**
 * Adds a rollout that is over, whatever became of it: a history of those alone that went well would think that nothing
 * ever differs. It is added once, and again only where it has gone on since. Its verdict stands without the history.
 */
export async function addToHistory(
  { history, append }: AnalyzeInputs,
  ports: Files & Pick<AnalyzePorts, "progress">,
  past: readonly Measurements[],
  measured: Measurements,
): Promise<{ history?: string }> {
  if (!append || history === undefined) return {};
  if (Object.values(measured.metrics).every((series) => windowsOf(series) === 0)) return {};
  const line = JSON.stringify(measured);
  const own = runOf(measured);
  const added = past.find((rollout) => runOf(rollout) === own);
  const known = added !== undefined && isDeepStrictEqual(added, readMeasurements(line, history));
  try {
    return { history: await ports.addLines(history, known ? [] : [line]) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    ports.progress(`The rollout was not added to the history: ${error.message}`);
    return {};
  }
}
