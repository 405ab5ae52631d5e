/**
 * What counting does to twice the root of a count as a part of the expected one, as `rootOf` takes it: how far its mean
 * lies above 2, and its variance. Of many events these are 0 and 1 over the expected count; of few they are not, and
 * arms of unequal traffic would seem to differ.
 */
export type RootMoments = { bias: number; variance: number };

/** Twice the root, and above four times the usual share a logarithm: what is far off need not be weighed exactly. */
export function rootOf(part: number): number {
  return part > 4 ? 4 + Math.log(part / 4) * 2 : 2 * Math.sqrt(part);
}

/** Anscombe's: with it, the variance is steady down to the smallest counts. */
export const rootOffset = 0.375;

const leastExponent = -10;
const mostExponent = 6;
const stepsADoubling = 4;
let known: RootMoments[] | undefined;

/** Between the nearest of the counts that were worked out beforehand. */
export function rootMoments(expected: number): RootMoments {
  if (expected >= 2 ** mostExponent) return { bias: 0, variance: 1 / expected };
  known ??= Array.from({ length: (mostExponent - leastExponent) * stepsADoubling + 1 }, (_, step) =>
    momentsAt(2 ** (leastExponent + step / stepsADoubling)),
  );
  const place = (Math.log2(Math.max(expected, 2 ** leastExponent)) - leastExponent) * stepsADoubling;
  const below = Math.min(known.length - 2, Math.floor(place));
  const part = place - below;
  const [low, high] = [known[below], known[below + 1]];
  if (low === undefined || high === undefined) return { bias: 0, variance: 1 / expected };
  return {
    bias: low.bias + part * (high.bias - low.bias),
    variance: low.variance + part * (high.variance - low.variance),
  };
}

function momentsAt(expected: number): RootMoments {
  let chance = Math.exp(-expected);
  let mean = 0;
  let square = 0;
  const last = Math.ceil(expected + 12 * Math.sqrt(expected) + 12);
  for (let count = 0; count <= last; count++) {
    const root = rootOf((count + rootOffset) / expected);
    mean += chance * root;
    square += chance * root * root;
    chance *= expected / (count + 1);
  }
  return { bias: mean - 2, variance: square - mean * mean };
}
