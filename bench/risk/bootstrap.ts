import { aucByCounts } from "../../core/stats/auc.ts";

/** The middle 95 % of the difference in area between two scores over resampled rows: the same rows for both. */
export function differenceInterval(
  ours: ArrayLike<number>,
  theirs: ArrayLike<number>,
  labels: Uint8Array,
  resamples: number,
  seed: number,
): [number, number] {
  const left = aucByCounts(ours, labels);
  const right = aucByCounts(theirs, labels);
  const random = randomNumbers(seed);
  const weights = new Uint8Array(labels.length);
  const differences = new Float64Array(resamples);
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    for (let draw = 0; draw < labels.length; draw++) {
      const row = Math.floor(random() * labels.length);
      weights[row] = (weights[row] ?? 0) + 1;
    }
    differences[resample] = left(weights) - right(weights);
  }
  differences.sort();
  const at = (share: number): number => differences[Math.round(share * (resamples - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}

/** Numbers in 0–1 from a seed, equal on every machine (the mulberry32 generator, public domain). */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
