import type { Measurements } from "../../core/analysis/measurements.ts";
import type { Judge } from "./judges.ts";

/** What a judge made of rollouts of one truth. */
export type Rate = { alarms: number; of: number; medianMinutes: number | undefined };

export function rateOf(judge: Judge, rollouts: readonly Measurements[]): Rate {
  const windows = rollouts
    .map((rollout) => judge.alarm(rollout) ?? Number.POSITIVE_INFINITY)
    .sort((a, b) => a - b);
  const alarms = windows.filter(Number.isFinite).length;
  const median = windows[Math.floor(windows.length / 2)] ?? Number.POSITIVE_INFINITY;
  const minutes = (rollouts[0]?.window_seconds ?? 60) / 60;
  return {
    alarms,
    of: rollouts.length,
    medianMinutes: Number.isFinite(median) ? median * minutes : undefined,
  };
}

export function rateText({ alarms, of, medianMinutes }: Rate, withMedian: boolean): string {
  const part = of === 0 ? "–" : `${((100 * alarms) / of).toFixed(1)} %`;
  if (!withMedian) return part;
  return `${part} ${medianMinutes === undefined ? "–" : `${medianMinutes} min`}`;
}

export function table(title: string, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = head.map((cell, column) =>
    Math.max(cell.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ");
  console.log(`\n${title}\n${line(head)}`);
  for (const row of rows) console.log(line(row));
}
