import type { Noise } from "./noise.ts";

/**
 * What is taken for possible of the level that both arms share: today's may be as in the history, or unlike it.
 */
export type LevelBelief = {
  weight: number;
  level: number;
  levelVariance: number;
  shared: number;
  correlation: number;
};

/**
 * A Kalman filter over both arms of a metric. Its state: the level with the baseline's own lasting part, what moves
 * both arms, what comes and goes in the baseline, the lasting difference of the candidate, and what comes and goes in
 * the candidate. What is left of every value after the filter's forecast is free of memory, so evidence adds up. Fed
 * with a lasting shift of one in the candidate, the same filter says how that would look: `columns`, one for each window
 * that a shift may begin at (de Jong 1991, "The diffuse Kalman filter").
 */
export type Arms = {
  pass(): void;
  add(baseline: number, candidate: number, baselineVariance: number, candidateVariance: number): void;
  begin(): void;
  scores: Float64Array;
  information: Float64Array;
  sums: Sums;
};

/** What is summed over the values so far; plain figures in one form, because they are read in every window. */
export type Sums = {
  /** Squares of the forecast errors over their variances. */
  squares: number;
  /** The logarithms of the variances, but for those whose product is still to be taken one of. */
  logs: number;
  product: number;
};

/** The logarithms of a filter's variances, summed, less those of another filter over the same values. */
export function logVarianceOver(one: Sums, other: Sums): number {
  return one.logs - other.logs + Math.log(one.product / other.product);
}

const states = 5;
/** Where the covariances of the state stand in its array, the upper triangle by rows; then the state, then sums. */
const c00 = 0;
const c01 = 1;
const c02 = 2;
const c03 = 3;
const c04 = 4;
const c11 = 5;
const c12 = 6;
const c13 = 7;
const c14 = 8;
const c22 = 9;
const c23 = 10;
const c24 = 11;
const c33 = 12;
const c34 = 13;
const c44 = 14;
const state = 15;
/** What the last value moved the state by, for an error of one; then one over its variance. */
const gainsAt = 20;
/** The state that a lasting shift of one would be seen with, of each column. */
const shiftAt = gainsAt + states + 1;

/** After each value, what the filter did with it: gains for the state, weight, and how each column's shift was seen. */
export type Recorder = (gains: Float64Array, seen: Float64Array) => void;

export function arms(noise: Noise, belief: LevelBelief, columns: number, recorder?: Recorder): Arms {
  const lasting = noise.lasting ** 2;
  const own = noise.drift ** 2 / 2;
  const { correlation } = belief;
  const { driftCorrelation } = noise;
  const sharedStep = belief.shared ** 2 * (1 - correlation * correlation);
  const driftStep = own * (1 - driftCorrelation * driftCorrelation);
  // In one piece of memory, and the rest small: asking for it is what costs.
  const filter = new Float64Array(shiftAt + columns * states);
  const seen = new Float64Array(columns);
  filter[c00] = belief.levelVariance + lasting / 2;
  filter[c03] = -lasting / 2;
  filter[c11] = belief.shared ** 2;
  filter[c22] = own;
  filter[c33] = lasting;
  filter[c44] = own;
  filter[state] = belief.level;
  const scores = new Float64Array(columns);
  const information = new Float64Array(columns);
  const sums: Sums = { squares: 0, logs: 0, product: 1 };
  let begun = 1;
  let first = true;

  const pass = (): void => {
    if (first) {
      first = false;
      return;
    }
    fade(filter, correlation, driftCorrelation, sharedStep, driftStep);
    for (let column = 0, base = shiftAt; column < begun; column++, base += states) {
      scale(filter, base + 1, correlation);
      scale(filter, base + 2, driftCorrelation);
      scale(filter, base + 4, driftCorrelation);
    }
  };

  return {
    pass,
    begin() {
      if (begun < columns) begun += 1;
    },
    add(baseline, candidate, baselineVariance, candidateVariance) {
      pass();
      update(filter, seen, scores, information, sums, begun, 0, baseline, baselineVariance);
      recorder?.(filter.subarray(gainsAt, shiftAt), seen);
      update(filter, seen, scores, information, sums, begun, 1, candidate, candidateVariance);
      recorder?.(filter.subarray(gainsAt, shiftAt), seen);
    },
    scores,
    information,
    sums,
  };
}

function at(array: Float64Array, index: number): number {
  return array[index] ?? 0;
}

function scale(array: Float64Array, index: number, by: number): void {
  array[index] = at(array, index) * by;
}

function fade(
  filter: Float64Array,
  correlation: number,
  driftCorrelation: number,
  sharedStep: number,
  driftStep: number,
): void {
  const both = correlation * driftCorrelation;
  const twice = driftCorrelation * driftCorrelation;
  scale(filter, c01, correlation);
  scale(filter, c02, driftCorrelation);
  scale(filter, c04, driftCorrelation);
  filter[c11] = at(filter, c11) * correlation * correlation + sharedStep;
  scale(filter, c12, both);
  scale(filter, c13, correlation);
  scale(filter, c14, both);
  filter[c22] = at(filter, c22) * twice + driftStep;
  scale(filter, c23, driftCorrelation);
  scale(filter, c24, twice);
  scale(filter, c34, driftCorrelation);
  filter[c44] = at(filter, c44) * twice + driftStep;
  scale(filter, state + 1, correlation);
  scale(filter, state + 2, driftCorrelation);
  scale(filter, state + 4, driftCorrelation);
}

const largestProduct = 1e100;
const smallestProduct = 1e-100;

/** One value of one arm; `right` is 1 for the candidate and 0 for the baseline. */
function update(
  filter: Float64Array,
  seenOf: Float64Array,
  scores: Float64Array,
  information: Float64Array,
  sums: Sums,
  begun: number,
  right: 0 | 1,
  value: number,
  variance: number,
): void {
  const left = 1 - right;
  // Covariances of the state with the value: level and shared part, and the arm's own parts.
  const to0 =
    at(filter, c00) + at(filter, c01) + left * at(filter, c02) + right * (at(filter, c03) + at(filter, c04));
  const to1 =
    at(filter, c01) + at(filter, c11) + left * at(filter, c12) + right * (at(filter, c13) + at(filter, c14));
  const to2 =
    at(filter, c02) + at(filter, c12) + left * at(filter, c22) + right * (at(filter, c23) + at(filter, c24));
  const to3 =
    at(filter, c03) + at(filter, c13) + left * at(filter, c23) + right * (at(filter, c33) + at(filter, c34));
  const to4 =
    at(filter, c04) + at(filter, c14) + left * at(filter, c24) + right * (at(filter, c34) + at(filter, c44));
  const total = to0 + to1 + left * to2 + right * (to3 + to4) + variance;
  const forecast =
    at(filter, state) +
    at(filter, state + 1) +
    left * at(filter, state + 2) +
    right * (at(filter, state + 3) + at(filter, state + 4));
  const error = value - forecast;
  const each = 1 / total;
  const g0 = to0 * each;
  const g1 = to1 * each;
  const g2 = to2 * each;
  const g3 = to3 * each;
  const g4 = to4 * each;
  const weighed = error * each;
  filter[gainsAt] = g0;
  filter[gainsAt + 1] = g1;
  filter[gainsAt + 2] = g2;
  filter[gainsAt + 3] = g3;
  filter[gainsAt + 4] = g4;
  filter[gainsAt + states] = each;
  for (let column = 0, base = shiftAt; column < begun; column++, base += states) {
    const s0 = at(filter, base);
    const s1 = at(filter, base + 1);
    const s2 = at(filter, base + 2);
    const s3 = at(filter, base + 3);
    const s4 = at(filter, base + 4);
    const seen = right * (1 - s3 - s4) - left * s2 - s0 - s1;
    seenOf[column] = seen;
    scores[column] = at(scores, column) + seen * weighed;
    information[column] = at(information, column) + seen * seen * each;
    filter[base] = s0 + g0 * seen;
    filter[base + 1] = s1 + g1 * seen;
    filter[base + 2] = s2 + g2 * seen;
    filter[base + 3] = s3 + g3 * seen;
    filter[base + 4] = s4 + g4 * seen;
  }
  filter[state] = at(filter, state) + g0 * error;
  filter[state + 1] = at(filter, state + 1) + g1 * error;
  filter[state + 2] = at(filter, state + 2) + g2 * error;
  filter[state + 3] = at(filter, state + 3) + g3 * error;
  filter[state + 4] = at(filter, state + 4) + g4 * error;
  filter[c00] = at(filter, c00) - g0 * to0;
  filter[c01] = at(filter, c01) - g0 * to1;
  filter[c02] = at(filter, c02) - g0 * to2;
  filter[c03] = at(filter, c03) - g0 * to3;
  filter[c04] = at(filter, c04) - g0 * to4;
  filter[c11] = at(filter, c11) - g1 * to1;
  filter[c12] = at(filter, c12) - g1 * to2;
  filter[c13] = at(filter, c13) - g1 * to3;
  filter[c14] = at(filter, c14) - g1 * to4;
  filter[c22] = at(filter, c22) - g2 * to2;
  filter[c23] = at(filter, c23) - g2 * to3;
  filter[c24] = at(filter, c24) - g2 * to4;
  filter[c33] = at(filter, c33) - g3 * to3;
  filter[c34] = at(filter, c34) - g3 * to4;
  filter[c44] = at(filter, c44) - g4 * to4;
  sums.squares += error * weighed;
  const product = sums.product * total;
  // One logarithm for many windows: it is what costs.
  const bounded = product < largestProduct && product > smallestProduct;
  sums.product = bounded ? product : 1;
  if (!bounded) sums.logs += Math.log(product);
}
