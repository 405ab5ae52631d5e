import type { Noise } from "./noise.ts";

/**
 * How likely the differences of one rollout are under a noise, and the lasting shift that they would show: the filter
 * of `arms.ts` for the difference alone, where the level cancels. Noise is learnt with it, because it needs to know
 * nothing of the level.
 */
export type DifferenceLikelihood = { likelihood: number; effect: number; error: number };

export function differenceLikelihood(
  noise: Pick<Noise, "lasting" | "drift" | "driftCorrelation" | "scatter" | "dispersion" | "alikeness">,
  values: Float64Array,
  samplings: Float64Array,
): DifferenceLikelihood {
  const { driftCorrelation: correlation, dispersion, alikeness } = noise;
  const scatter = noise.scatter ** 2;
  const step = noise.drift ** 2 * (1 - correlation * correlation);
  let lasting = 0;
  let drift = 0;
  let lastingVariance = noise.lasting ** 2;
  let covariance = 0;
  let driftVariance = noise.drift ** 2;
  let shiftLasting = 0;
  let shiftDrift = 0;
  let score = 0;
  let information = 0;
  let squares = 0;
  let logVariances = 0;
  let windows = 0;
  for (let at = 0; at < values.length; at++) {
    if (at > 0) {
      drift *= correlation;
      covariance *= correlation;
      driftVariance = correlation * correlation * driftVariance + step;
      shiftDrift *= correlation;
    }
    const value = values[at] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    const toLasting = lastingVariance + covariance;
    const toDrift = covariance + driftVariance;
    const variance = toLasting + toDrift + scatter + dispersion * (samplings[at] ?? 0);
    const error = value - lasting - drift;
    const seen = 1 - shiftLasting - shiftDrift;
    const lastingGain = toLasting / variance;
    const driftGain = toDrift / variance;
    score += (seen * error) / variance;
    information += (seen * seen) / variance;
    shiftLasting += lastingGain * seen;
    shiftDrift += driftGain * seen;
    lasting += lastingGain * error;
    drift += driftGain * error;
    lastingVariance -= lastingGain * toLasting;
    covariance -= lastingGain * toDrift;
    driftVariance -= driftGain * toDrift;
    squares += (error * error) / variance;
    logVariances += Math.log(variance);
    windows += 1;
  }
  const scale = (alikeness + squares) / (alikeness + Math.max(1, windows));
  return {
    likelihood:
      studentConstant(alikeness, windows) -
      0.5 * logVariances -
      0.5 * (alikeness + windows) * Math.log1p(squares / alikeness),
    effect: information > 0 ? score / information : 0,
    error: information > 0 ? Math.sqrt(scale / information) : Number.POSITIVE_INFINITY,
  };
}

/** Of the density of several windows with a common, unknown scale, against that of Gauss: 0 for many degrees of freedom. */
function studentConstant(degrees: number, windows: number): number {
  let sum = 0;
  let at = degrees / 2;
  // Gamma(at + windows / 2) / Gamma(at) by whole steps, and an odd window by Stirling's half step.
  for (let left = windows; left >= 2; left -= 2) {
    sum += Math.log(at);
    at += 1;
  }
  if (windows % 2 === 1) sum += 0.5 * Math.log(at) - 1 / (8 * at);
  return sum - (windows / 2) * Math.log(degrees / 2);
}
