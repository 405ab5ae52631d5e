import { type Arms, arms, type LevelBelief, logVarianceOver } from "./arms.ts";
import type { Noise } from "./noise.ts";
import { playTape, type Tape } from "./tape.ts";

/**
 * Follows one metric through the windows of one rollout and says, after each window, how much likelier both arms are
 * if the candidate is worse than if it is not.
 *
 * The evidence is a mean of likelihoods over their mean without a shift: over shifts of several sizes that may have
 * begun at several windows, and over two beliefs about the level that both arms share. Where today is as the history
 * was, the candidate is compared with the history as well, which is sooner sure; where both arms left it together, that
 * belief has no weight left, and the candidate is compared with its baseline alone. Where rollouts differ in how noisy
 * they are, likelihoods are Student's, and the rollout's own windows say how noisy it is.
 *
 * Under the learnt noise such a mean is expected to be 1 at most however long one looks, so looking at every window is
 * fair.
 */
export type Follower = {
  /** A window that says nothing: time passes. */
  skip(): void;
  /** Both arms with the variances that counting gives them. */
  add(baseline: number, candidate: number, baselineSampling: number, candidateSampling: number): void;
  /** From this window on another shift may have begun. */
  mayBegin(): void;
  /** Natural logarithm of the evidence so far that the candidate is worse. */
  evidence(): number;
  /** The lasting shift and its standard error, infinite before the first window. Read it before the next window. */
  estimate(): Readonly<Estimate>;
  /** The same of the shift since the start that the evidence speaks of most: what began late is not thinned by before. */
  strongest(): Readonly<Estimate>;
  windows(): number;
};

export type Estimate = { effect: number; error: number };

export type Shifts = {
  /** Sizes on the scale of the comparison; negative ones are falls. */
  sizes: readonly number[];
  /** How much of the evidence each size has; all alike where absent. */
  weights?: readonly number[];
  /** How many times a shift may begin later than at the first window. */
  laterStarts: number;
};

/** Of the evidence, the part that is kept for shifts that begin later. */
const laterPart = 0.1;
/** Of all days, how many are unlike the history; what is wagered on it decides how soon a shared fault is recognised. */
const unlikeHistory = 0.15;
/** How much farther the level lies then, and how much more moves both arms. */
const timesAway = 4;
const leastAway = 0.25;
const timesShared = 1.5;
const unlikeCorrelation = 0.9;
/** Wide enough to mean anything. */
const anyLevel = 25;
/** Above this nothing more is to be said, and no number overflows. */
const mostGain = 600;
/** Below these nothing is to be said either. */
const noWeight = 1e-6;
const leastEvidence = -3;
const nothing = Math.exp(leastEvidence);

export function beliefsOf(noise: Noise, firstValue: number): LevelBelief[] {
  const { shared, sharedCorrelation } = noise;
  if (!Number.isFinite(noise.levelSpread))
    return [
      { weight: 1, level: firstValue, levelVariance: anyLevel, shared, correlation: sharedCorrelation },
    ];
  const { level, levelSpread } = noise;
  const away = Math.max(leastAway, timesAway * Math.hypot(levelSpread, shared));
  return [
    {
      weight: 1 - unlikeHistory,
      level,
      levelVariance: levelSpread ** 2,
      shared,
      correlation: sharedCorrelation,
    },
    {
      weight: unlikeHistory,
      level,
      levelVariance: away ** 2,
      shared: timesShared * shared,
      correlation: Math.max(unlikeCorrelation, sharedCorrelation),
    },
  ];
}

export function follow(
  noise: Noise,
  { sizes, weights, laterStarts }: Shifts,
  tapes?: readonly Tape[],
): Follower {
  const { dispersion, alikeness } = noise;
  const scatter = noise.scatter ** 2 / 2;
  const columns = 1 + laterStarts;
  const firstWeight = laterStarts === 0 ? 1 : 1 - laterPart;
  const laterWeight = laterStarts === 0 ? 0 : laterPart / laterStarts;
  const parts = sizes.map((_, index) => weights?.[index] ?? 1 / sizes.length);
  let models: Model[] = [];
  let waiting = 0;
  let begun = 1;
  let windows = 0;
  /** How much less sure the second belief is of everything than the first: its variances over those of the first. */
  let widerBy = 0;

  const armsFor = (belief: LevelBelief, index: number): Arms => {
    const tape = tapes?.[index];
    return tape ? playTape(noise, tape) : arms(noise, belief, columns);
  };

  const start = (firstValue: number): void => {
    const beliefs = tapes?.map((tape) => tape.belief) ?? beliefsOf(noise, firstValue);
    models = beliefs.map((belief, index) => ({
      arms: armsFor(belief, index),
      prior: Math.log(belief.weight),
      weight: belief.weight,
      evidence: 0,
    }));
    // Time that passed before the first value; a shift that could begin by then is one that began with it.
    for (const { arms: one } of models) for (let window = 0; window < waiting; window++) one.pass();
    for (const { arms: one } of models) for (let column = 1; column < begun; column++) one.begin();
  };

  /** The weight of both beliefs after what was seen, were there the shift that each finds, or none. */
  const weigh = (shifted: boolean): void => {
    const [first, second] = models;
    if (first === undefined || second === undefined) return;
    const left = alikeness + first.arms.sums.squares - (shifted ? foundIn(first.arms) : 0);
    const right = alikeness + second.arms.sums.squares - (shifted ? foundIn(second.arms) : 0);
    const ahead =
      second.prior - first.prior - 0.5 * widerBy - 0.5 * (alikeness + 2 * windows) * Math.log(right / left);
    first.weight = 1 / (1 + Math.exp(Math.min(mostGain, ahead)));
    second.weight = 1 - first.weight;
  };

  /** The mean ratio of Student's densities, over sizes and starts. What speaks against a shift is left at nothing. */
  const evidenceIn = ({ scores, information, sums }: Arms): number => {
    const twice = 2 / (alikeness + sums.squares);
    const power = -0.5 * (alikeness + 2 * windows);
    let sum = 0;
    for (let column = 0; column < begun; column++) {
      const score = scores[column] ?? 0;
      const half = 0.5 * (information[column] ?? 0);
      let ratios = 0;
      for (let index = 0; index < sizes.length; index++) {
        const size = sizes[index] ?? 0;
        const gain = size * (score - size * half);
        if (gain > 0) ratios += (parts[index] ?? 0) * Math.exp(power * logOfRest(twice * gain));
      }
      sum += (column === 0 ? firstWeight : laterWeight) * ratios;
    }
    return sum;
  };

  const effectIn = (one: Arms, column: number): number =>
    (one.scores[column] ?? 0) / (one.information[column] ?? 0);
  const varianceIn = (one: Arms, column: number): number => {
    const information = one.information[column] ?? 0;
    const left = one.sums.squares - (one.scores[column] ?? 0) ** 2 / information;
    return (alikeness + Math.max(0, left)) / (alikeness + 2 * windows - 1) / information;
  };
  const estimated: Estimate = { effect: 0, error: Number.POSITIVE_INFINITY };
  const estimateSince = (column: number): Estimate => {
    let mean = 0;
    for (const { arms: one, weight } of models) mean += weight * effectIn(one, column);
    let variance = 0;
    for (const { arms: one, weight } of models)
      variance += weight * (varianceIn(one, column) + (effectIn(one, column) - mean) ** 2);
    estimated.effect = mean;
    estimated.error = Math.sqrt(variance);
    return estimated;
  };

  /** By how much a shift of the best size since a start is likelier than none. */
  const gainSince = (column: number): number => {
    let gain = 0;
    for (const { arms: one, weight } of models)
      for (const size of sizes) {
        const half = 0.5 * size * (one.information[column] ?? 0);
        gain = Math.max(gain, weight * size * ((one.scores[column] ?? 0) - half));
      }
    return gain;
  };

  return {
    skip() {
      if (models.length === 0) waiting += 1;
      else for (const { arms: one } of models) one.pass();
    },
    add(baseline, candidate, baselineSampling, candidateSampling) {
      if (models.length === 0) start(baseline);
      const left = scatter + dispersion * baselineSampling;
      const right = scatter + dispersion * candidateSampling;
      for (const { arms: one } of models) one.add(baseline, candidate, left, right);
      const [first, second] = models;
      if (first && second) widerBy = logVarianceOver(second.arms.sums, first.arms.sums);
      windows += 1;
    },
    mayBegin() {
      if (begun < columns) begun += 1;
      for (const { arms: one } of models) one.begin();
    },
    evidence() {
      if (windows === 0) return Number.NEGATIVE_INFINITY;
      let most = 0;
      for (const model of models) {
        model.evidence = evidenceIn(model.arms);
        most = Math.max(most, model.evidence);
      }
      // Where no belief sees anything, their weights need not be known.
      if (most < nothing) return leastEvidence;
      weigh(false);
      let sum = 0;
      for (const { weight, evidence } of models) if (weight > noWeight) sum += weight * evidence;
      return Math.min(mostGain, Math.max(leastEvidence, Math.log(sum)));
    },
    estimate() {
      if (windows === 0) return estimated;
      weigh(true);
      return estimateSince(0);
    },
    strongest() {
      if (windows === 0) return estimated;
      weigh(true);
      let best = 0;
      for (let column = 1; column < begun; column++) if (gainSince(column) > gainSince(best)) best = column;
      return estimateSince(best);
    },
    windows: () => windows,
  };
}

/** How many squares the best lasting shift explains. */
function foundIn({ scores, information }: Arms): number {
  const known = information[0] ?? 0;
  return known > 0 ? (scores[0] ?? 0) ** 2 / known : 0;
}

/** log(1 − part); a few terms do where it is small. */
function logOfRest(part: number): number {
  if (part > 0.03 || part < -0.03) return Math.log(1 - part);
  return -part * (1 + part * (0.5 + part * (1 / 3 + part * 0.25)));
}

type Model = { arms: Arms; prior: number; weight: number; evidence: number };
