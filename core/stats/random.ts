import { gammaln } from "simple-statistics";

/**
 * Chance from a seed: the generator sfc32 of Chris Doty-Humphrey's PractRand, whose period is at least 2^32 from every
 * seed and which passes its own author's tests. Nothing here is fit for secrets. Equal seeds give equal numbers on
 * every machine, as far as Math.log, Math.exp and Math.cos do.
 *
 * Example: seeded(7).poisson(1000) is a count near 1000, and the same one each time.
 */
export function seeded(seed: number): Random {
  const next = sfc32(seed);
  // Half a step away from both ends, so that a logarithm of it is always finite.
  const uniform = (): number => (next() + 0.5) / 4_294_967_296;

  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    for (;;) {
      const across = 2 * uniform() - 1;
      const up = 2 * uniform() - 1;
      const square = across * across + up * up;
      if (square >= 1 || square === 0) continue;
      const factor = Math.sqrt((-2 * Math.log(square)) / square);
      spare = up * factor;
      return across * factor;
    }
  };
  return {
    uniform,
    normal,
    poisson: (mean) => poisson(mean, uniform),
    gamma: (shape) => gamma(shape, uniform, normal),
  };
}

export type Random = {
  /** Between 0 and 1, neither of them included. */
  uniform: () => number;
  /** Mean 0, standard deviation 1 (Marsaglia's polar method). */
  normal: () => number;
  poisson: (mean: number) => number;
  /** With scale 1, so that the mean is the shape. */
  gamma: (shape: number) => number;
};

function sfc32(seed: number): () => number {
  let first = 0;
  let second = Math.trunc(seed / 4_294_967_296) | 0;
  let third = seed | 0;
  let counter = 1;
  const next = (): number => {
    const sum = (((first + second) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    first = second ^ (second >>> 9);
    second = (third + (third << 3)) | 0;
    third = ((third << 21) | (third >>> 11)) + sum;
    third |= 0;
    return sum >>> 0;
  };
  // Seeds that differ in one bit have nothing in common after twelve rounds, says the generator's author.
  for (let round = 0; round < 15; round += 1) next();
  return next;
}

/** Multiplication for small means; above, Hörmann's transformed rejection PTRS (1993), which is exact as well. */
function poisson(mean: number, uniform: () => number): number {
  if (!(mean > 0)) return mean === 0 ? 0 : Number.NaN;
  if (mean === Number.POSITIVE_INFINITY) return mean;
  if (mean < 10) {
    const enough = Math.exp(-mean);
    let count = 0;
    for (let product = uniform(); product > enough; product *= uniform()) count += 1;
    return count;
  }
  const logMean = Math.log(mean);
  const width = 0.931 + 2.53 * Math.sqrt(mean);
  const slope = -0.059 + 0.02483 * width;
  const logScale = Math.log(1.1239 + 1.1328 / (width - 3.4));
  const inner = 0.9277 - 3.6224 / (width - 2);
  for (;;) {
    const across = uniform() - 0.5;
    const up = uniform();
    const edge = 0.5 - Math.abs(across);
    const count = Math.floor(((2 * slope) / edge + width) * across + mean + 0.43);
    if (edge >= 0.07 && up <= inner) return count;
    if (count < 0 || (edge < 0.013 && up > edge)) continue;
    const bound = count * logMean - mean - gammaln(count + 1);
    if (Math.log(up) + logScale - Math.log(slope / (edge * edge) + width) <= bound) return count;
  }
}

/** Marsaglia and Tsang (2000); a shape below 1 comes from the next higher one. */
function gamma(shape: number, uniform: () => number, normal: () => number): number {
  if (!(shape > 0)) return shape === 0 ? 0 : Number.NaN;
  if (shape < 1) return gamma(shape + 1, uniform, normal) * uniform() ** (1 / shape);
  const base = shape - 1 / 3;
  const slope = 1 / Math.sqrt(9 * base);
  for (;;) {
    const across = normal();
    const root = 1 + slope * across;
    if (root <= 0) continue;
    const cube = root * root * root;
    const square = across * across;
    const up = uniform();
    if (up < 1 - 0.0331 * square * square) return base * cube;
    if (Math.log(up) < 0.5 * square + base * (1 - cube + Math.log(cube))) return base * cube;
  }
}
