import { type Calibration, calibrated, uncalibrated } from "../../core/model/fit/calibration.ts";
import { learn } from "../../core/model/learn.ts";
import { margins, probabilityOf } from "../../core/model/predict.ts";
import { recalibrated } from "../../core/model/recalibrated.ts";
import { brier } from "../../core/stats/brier.ts";
import { expectedCalibrationError } from "../../core/stats/expected-calibration-error.ts";
import { mean, type Project, part } from "./projects.ts";
import { figure, printTable } from "./table.ts";

const taughtShare = 0.4;
const mostOutcomes = 1000;
/** It takes a while until anybody knows that a change was bad. */
const secondsUntilKnown = 90 * 86_400;
const every = 200;

/** A model taught with the oldest 40 % and never again: as it is, and put right now and then by the outcomes known by then. */
export function leftForLong(projects: readonly Project[]): void {
  const rows = projects.map(({ history }) => {
    const cut = Math.floor(history.table.rows * taughtShare);
    const model = learn(part(history, 0, cut));
    const { table, labels, times } = part(history, cut, history.table.rows);
    const odds = margins(model, table);
    const right = new Float64Array(odds.length);
    let calibration: Calibration = uncalibrated;
    let known = 0;
    for (const [row, logOdds] of odds.entries()) {
      while ((times[known] ?? 0) < (times[row] ?? 0) - secondsUntilKnown) known += 1;
      if (row % every === 0) {
        const first = Math.max(0, known - mostOutcomes);
        const recent = Array.from(odds.subarray(first, known), (given, at) => ({
          logOdds: given,
          label: labels[first + at] ?? Number.NaN,
          weight: 1,
        }));
        calibration = recalibrated({ ...model, calibration: uncalibrated }, recent).calibration;
      }
      right[row] = calibrated(calibration, logOdds);
    }
    return [odds, right].flatMap((one) => {
      const probabilities = one.map(probabilityOf);
      return [expectedCalibrationError(probabilities, labels), brier(probabilities, labels)];
    });
  });
  printTable(
    "Taught with the oldest 40 % and asked about the rest: calibration error and Brier score as it is, and put right by the last 1,000 outcomes",
    ["as it is", "", "put right", ""],
    projects.map(({ name }, index) => [name, ...(rows[index] ?? []).map(figure)]),
    [0, 1, 2, 3].map((column) => figure(mean(rows.map((row) => row[column] ?? Number.NaN)))),
  );
}
