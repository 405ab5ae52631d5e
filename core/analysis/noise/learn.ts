import { minimize } from "../../stats/minimize.ts";
import { differenceLikelihood } from "./difference-likelihood.ts";
import { withLevel } from "./level.ts";
import { defaultNoise, type Noise, type NoiseKind } from "./noise.ts";
import { louder, loudness, stepsOf } from "./steps.ts";

/** The windows of one past rollout on the scale of the comparison; NaN where nothing was measured. */
export type PastRollout = {
  baseline: Float64Array;
  baselineSampling: Float64Array;
  /** Candidate less baseline, with the variance that counting gives it. */
  differences: Float64Array;
  samplings: Float64Array;
  /** A rollout that was taken back may have had an effect: it is believed less, never dropped. */
  rolledBack: boolean;
};

/** Below these, noise is the default's: a lasting difference shows once a rollout. */
const leastRollouts = 5;
const leastWindows = 60;

const mostEvaluations = 900;
/** Of past rollouts: how many may have had an effect that nobody noticed, and of those that were taken back. */
const unnoticed = 0.03;
const takenBack = 0.7;

/**
 * Learns noise from past rollouts by likelihood. The likelihood of the windows that were seen does not depend on why
 * a rollout ended, so one that was cut short counts with what there is of it. Each rollout may have had an effect of
 * unknown size, a little likely or, where it was taken back, very; its lasting difference then says little about noise.
 * Before the history speaks, the default does: few rollouts move it a little, many replace it.
 */
export function learnNoise(
  kind: NoiseKind,
  windowSeconds: number,
  history: readonly PastRollout[],
  target: number,
): Noise {
  const before = defaultNoise(kind, windowSeconds);
  const windows = history.reduce(
    (sum, { differences }) => sum + differences.filter(Number.isFinite).length,
    0,
  );
  if (history.length < leastRollouts || windows < leastWindows) return before;
  const start = parametersOf(kind, startingScale(kind, history, before));
  const lost = (at: ArrayLike<number>): number =>
    priorLoss(kind, at, start) - likelihoodOf(noiseAt(kind, at, before), history, target);
  const found = minimize(lost, start, {
    steps: [0.7, 0.5, 0.8, 0.4, 0.7],
    mostEvaluations,
    tolerance: 1e-6,
  });
  const noise = { ...noiseAt(kind, found.at, before), rollouts: history.length };
  return withLevel(withLikelyLasting(noise, kind, found.at, start, history, target), history);
}

/** Gauges come in every size of noise: the default is moved to theirs before anything is looked for. */
function startingScale(kind: NoiseKind, history: readonly PastRollout[], before: Noise): Noise {
  if (kind !== "gauge") return before;
  const steps = history.flatMap(({ differences }) => stepsOf(differences));
  return steps.length === 0 ? before : louder(before, loudness(before, steps));
}

const usualAlikeness = 40;

/** All numbers are free; noise is not: logarithms, and a logit for the correlation. */
function parametersOf(kind: NoiseKind, noise: Noise): number[] {
  return [
    Math.log(noise.lasting),
    Math.log(noise.drift),
    Math.log(noise.driftCorrelation / (1 - noise.driftCorrelation)),
    Math.log(kind === "ratio" ? noise.dispersion : noise.scatter),
    Math.log(usualAlikeness),
  ];
}

const leastAlikeness = 3;
const mostAlikeness = 400;
const mostCorrelation = 0.98;

function noiseAt(kind: NoiseKind, at: ArrayLike<number>, before: Noise): Noise {
  const single = Math.exp(at[3] ?? 0);
  return {
    ...before,
    lasting: Math.exp(at[0] ?? 0),
    drift: Math.exp(at[1] ?? 0),
    driftCorrelation: mostCorrelation / (1 + Math.exp(-(at[2] ?? 0))),
    ...(kind === "ratio" ? { dispersion: single } : { scatter: single }),
    alikeness: Math.min(mostAlikeness, Math.max(leastAlikeness, Math.exp(at[4] ?? 0))),
  };
}

/** How far each number may stray before it costs: lasting differences least of all, since a history shows few of them. */
const widths = [0.8, 1.2, 1.2, 1.2, 1.2];

function priorLoss(kind: NoiseKind, at: ArrayLike<number>, start: readonly number[]): number {
  let loss = 0;
  for (const [index, width] of widths.entries())
    loss += 0.5 * (((at[index] ?? 0) - (start[index] ?? 0)) / width) ** 2;
  // Counts scatter no less than chance lets them.
  if (kind === "ratio" && (at[3] ?? 0) < 0) loss += 50 * (at[3] ?? 0) ** 2;
  return loss;
}

function likelihoodOf(noise: Noise, history: readonly PastRollout[], target: number): number {
  const effectVariance = (2 * target) ** 2;
  let sum = 0;
  for (const { differences, samplings, rolledBack } of history) {
    const { likelihood, effect, error } = differenceLikelihood(noise, differences, samplings);
    sum += likelihood;
    if (!Number.isFinite(error)) continue;
    const effected = rolledBack ? takenBack : unnoticed;
    const known = effectVariance / (effectVariance + error ** 2);
    const ratio = Math.sqrt(1 - known) * Math.exp(Math.min(300, 0.5 * known * (effect / error) ** 2));
    sum += Math.log(1 - effected + effected * ratio);
  }
  return sum;
}

/** Around the best value of `lasting`, the other numbers held: how likely each is after prior and history. */
function withLikelyLasting(
  noise: Noise,
  kind: NoiseKind,
  best: readonly number[],
  start: readonly number[],
  history: readonly PastRollout[],
  target: number,
): Noise {
  const candidates = [-2, -1.6, -1.2, -0.8, -0.4, 0, 0.4, 0.8, 1.2, 1.6].map((step) => {
    const at = best.map((number, index) => (index === 0 ? number + step : number));
    const moved = noiseAt(kind, at, noise);
    return {
      value: moved.lasting,
      log: likelihoodOf(moved, history, target) - priorLoss(kind, at, start),
    };
  });
  const highest = Math.max(...candidates.map(({ log }) => log));
  const weighed = candidates.map(({ value, log }) => ({ value, weight: Math.exp(log - highest) }));
  const whole = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const lastingLikely = weighed
    .map(({ value, weight }) => ({ value, weight: weight / whole }))
    .filter(({ weight }) => weight > 1e-4);
  const square = lastingLikely.reduce((sum, { value, weight }) => sum + weight * value * value, 0);
  return { ...noise, lasting: Math.sqrt(square), lastingLikely };
}
