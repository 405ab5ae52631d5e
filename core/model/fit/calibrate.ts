import { logLoss } from "../../stats/log-loss.ts";
import { type Calibration, calibrated, uncalibrated } from "./calibration.ts";
import { isotonic } from "./isotonic.ts";
import { platt } from "./platt.ts";

/** What changes were given that a model had not seen, in the order of time, and what came. */
export type Outcomes = { logOdds: Float64Array; labels: ArrayLike<number>; weights: ArrayLike<number> };

type Fitter = (outcomes: Outcomes) => Calibration;

const fitters: readonly Fitter[] = [
  () => uncalibrated,
  ({ logOdds, labels, weights }) => platt(logOdds, labels, weights),
  ({ logOdds, labels, weights }) => isotonic(logOdds, labels, weights),
];
const folds = 5;
/** What fewer failures, or fewer that went well, say of the level is chance. */
const leastOfEach = 30;

export type Calibrating = {
  calibration: Calibration;
  /** What each change was said to be by what was fitted to the others. */
  unseen: Float64Array;
};

/** As they are, a line or steps: what surprises least on changes that it was not fitted to. */
export function calibrate(outcomes: Outcomes): Calibrating {
  const failures = outcomes.logOdds.reduce((sum, _, row) => sum + (outcomes.labels[row] === 1 ? 1 : 0), 0);
  if (Math.min(failures, outcomes.logOdds.length - failures) < leastOfEach)
    return { calibration: uncalibrated, unseen: outcomes.logOdds };
  const tried = fitters.map((fitter) => {
    const unseen = withoutOwn(outcomes, fitter);
    return { fitter, unseen, loss: logLoss(unseen, outcomes.labels, outcomes.weights) };
  });
  const best = tried.reduce((one, other) => (other.loss < one.loss ? other : one));
  return { calibration: best.fitter(outcomes), unseen: best.unseen };
}

/** Neighbours in time stay together: they were often made, and went wrong, together. */
function withoutOwn(outcomes: Outcomes, fitter: Fitter): Float64Array {
  const { logOdds, weights } = outcomes;
  const foldOf = (row: number): number => Math.floor((row * folds) / logOdds.length);
  const unseen = new Float64Array(logOdds.length);
  for (let fold = 0; fold < folds; fold += 1) {
    const others = Float64Array.from(logOdds, (_, row) => (foldOf(row) === fold ? 0 : (weights[row] ?? 0)));
    const calibration = fitter({ ...outcomes, weights: others });
    for (const [row, value] of logOdds.entries())
      if (foldOf(row) === fold) unseen[row] = calibrated(calibration, value);
  }
  return unseen;
}
