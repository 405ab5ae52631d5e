import { minimize } from "../../stats/minimize.ts";
import { differenceLikelihood } from "./difference-likelihood.ts";
import type { PastRollout } from "./learn.ts";
import type { Noise } from "./noise.ts";

/**
 * What the baselines of the history say of the level: where it lies, how far rollouts lie apart, and what moves both
 * arms during one. The baseline's own drift is taken for scatter here, which makes the level no surer than it is.
 */
export function withLevel(noise: Noise, history: readonly PastRollout[]): Noise {
  const means = history.map(({ baseline }) => meanOf(baseline)).filter(Number.isFinite);
  const level = middleMean(means);
  const centred = history.map(({ baseline, baselineSampling }) => ({
    values: baseline.map((value) => value - level),
    samplings: baselineSampling,
  }));
  const own = Math.sqrt((noise.drift ** 2 + noise.scatter ** 2) / 2);
  const around = Math.max(1e-6, noise.drift, noise.scatter, deviationOf(means, level));
  const at = (numbers: ArrayLike<number>) => ({
    lasting: Math.exp(numbers[0] ?? 0),
    drift: Math.exp(numbers[1] ?? 0),
    driftCorrelation: mostCorrelation / (1 + Math.exp(-(numbers[2] ?? 0))),
    scatter: own,
    dispersion: noise.dispersion,
    alikeness: noise.alikeness,
  });
  const lost = (numbers: ArrayLike<number>): number =>
    centred.reduce(
      (sum, { values, samplings }) => sum - differenceLikelihood(at(numbers), values, samplings).likelihood,
      0.02 * ((numbers[2] ?? 0) - 1) ** 2,
    );
  const found = minimize(lost, [Math.log(around / 2), Math.log(around), 1], {
    steps: [0.7, 0.5, 0.8],
    mostEvaluations: 400,
    tolerance: 1e-6,
  });
  const best = at(found.at);
  // The lasting part of one arm is half of that of the difference, and is counted there. How far rollouts lie apart is
  // known only as well as there are rollouts: a standard error of their variance is added.
  const unsure = deviationOf(means, level) ** 2 * Math.sqrt(2 / means.length);
  const spread = Math.max(0, best.lasting ** 2 - noise.lasting ** 2 / 2) + unsure;
  return {
    ...noise,
    level,
    levelSpread: Math.sqrt(spread),
    shared: best.drift,
    sharedCorrelation: best.driftCorrelation,
  };
}

const mostCorrelation = 0.98;

function meanOf(values: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    sum += value;
    count += 1;
  }
  return count > 0 ? sum / count : Number.NaN;
}

/** The mean of the middle nine tenths: a day that was unlike the others does not move it. */
function middleMean(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const cut = Math.floor(sorted.length / 20);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / Math.max(1, middle.length);
}

function deviationOf(values: readonly number[], middle: number): number {
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / Math.max(1, values.length - 1));
}
