import { median } from "simple-statistics";
import { linearQuantile } from "../../stats/linear-quantile.ts";
import { type Calibration, calibrated } from "../fit/calibration.ts";
import type { Model, Standing } from "../model.ts";
import { margins } from "../predict.ts";
import type { Prior } from "../prior.ts";
import { short } from "../short.ts";
import { canTeach, type History, type Taught, taught, windowSize } from "../teach.ts";

const parts = 4;
const changesOfBlock = 10;

/**
 * What recent changes are given by a model that does not know how they went: each quarter of them by one that was taught with
 * all others, moved so that its middle is that of the model itself. One that was taught before them would not do: where failures have
 * become rarer since, it gives all of them more than this one gives anybody, and every new change would rank low.
 */
export function standingOf(
  model: Taught,
  history: History,
  {
    prior,
    only,
    calibration,
  }: { prior: Prior; only?: readonly string[] | undefined; calibration: Calibration },
): Standing {
  const { rows } = history.table;
  const from = rows - Math.min(rows, windowSize, Math.max(Math.floor(rows / 2), 200));
  const recent = Array.from({ length: rows - from }, (_, index) => from + index);
  const itsOwn = told(model, history);
  const given = Array.from({ length: parts }, (_, part) => part).flatMap((part) => {
    const isOwn = (row: number): boolean => row >= from && Math.floor(row / changesOfBlock) % parts === part;
    const own = recent.filter(isOwn);
    const labels = Float64Array.from(history.labels, (label, row) => (isOwn(row) ? Number.NaN : label));
    const others = { ...history, labels };
    const teller = canTeach(others, prior) ? told(taught(others, prior, only), history) : itsOwn;
    const middle = middleOf(own, itsOwn) - middleOf(own, teller);
    return own.map((row) => calibrated(calibration, (teller[row] ?? Number.NaN) + middle));
  });
  const sorted = Float64Array.from(given).sort();
  return {
    quantiles: Array.from({ length: 101 }, (_, percent) => short(linearQuantile(sorted, percent / 100))),
    changes: recent.length,
  };
}

/** Every change ranked among those before it in the history itself. */
function told(model: Model, { table }: History): Float64Array {
  const columns = model.window.columns.map(() => new Float64Array());
  return margins({ ...model, window: { ...model.window, columns } }, table);
}

function middleOf(rows: readonly number[], given: Float64Array): number {
  return rows.length === 0 ? 0 : median(rows.map((row) => given[row] ?? Number.NaN));
}
