import { counted, listed } from "../render/numbers.ts";
import type { Measurements } from "./measurements.ts";
import { type Lines, rolloutsOf } from "./rollouts-of.ts";

/** A file of past rollouts, as it is learnt from. */
export type PastRollouts = { rollouts: Measurements[]; warnings: string[] };
export const nothingPast: PastRollouts = { rollouts: [], warnings: [] };

/**
 * Lines are only ever added, so a run that went on after it was cut short stands in the file more than once: its last
 * line counts. A line that a dying writer left half-written is no rollout, and a warning says which one it is.
 */
export async function pastRollouts(lines: Lines): Promise<PastRollouts> {
  const found = new Map<string, Measurements>();
  const torn: string[] = [];
  for await (const rollout of rolloutsOf(lines, ({ where }) => void torn.push(where)))
    found.set(runOf(rollout) ?? `line ${found.size}`, rollout);
  return { rollouts: [...found.values()], warnings: torn.length === 0 ? [] : [tornSentence(torn)] };
}

const mostNamed = 5;

function tornSentence(torn: readonly string[]): string {
  const shown = torn.slice(0, mostNamed);
  if (torn.length > shown.length) shown.push(`${torn.length - shown.length} more`);
  return `${listed(shown)} ${torn.length === 1 ? "ends" : "end"} in the middle of a rollout, as where the machine stopped while it was written: ${counted(torn.length, "line")} left out.`;
}

/**
 * What tells one run from all others: a decision may have several steps, a service several environments, and windows
 * begin at round times. Undefined where the file does not say when the rollout began.
 */
export function runOf(rollout: Measurements): string | undefined {
  const { id, service, environment, candidate, started_at, window_seconds, metrics } = rollout;
  if (started_at === undefined) return undefined;
  const names = Object.keys(metrics).sort();
  return JSON.stringify([id, service, environment, candidate, started_at, window_seconds, names]);
}
