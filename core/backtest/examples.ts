import type { Arm } from "./arms.ts";
import type { Cases } from "./cases.ts";
import type { Backtest, Example } from "./shape.ts";

const most = 5;

/** Where an arm was most wrong, for people to look at: a label may be, too. */
export function examplesOf(
  cases: Cases,
  rows: readonly number[],
  { probabilities }: Arm,
): Backtest["examples"] {
  const told = rows.map((row, place) => ({ row, probability: probabilities?.[place] ?? 0 }));
  const sorted = told.toSorted((one, other) => one.probability - other.probability);
  const example = ({ row, probability }: { row: number; probability: number }): Example => {
    const { commit = "", title = "", at = 0, label } = cases.samples[row] ?? {};
    return { commit, title, at, probability, by: label?.went === "failed" ? label.by : "" };
  };
  const isFailure = ({ row }: { row: number }): boolean => cases.labels[row] === 1;
  return {
    missed: sorted.filter(isFailure).slice(0, most).map(example),
    alarms: sorted
      .toReversed()
      .filter((one) => !isFailure(one))
      .slice(0, most)
      .map(example),
  };
}
