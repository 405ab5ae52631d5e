/**
 * Brier's score (1950): the mean square of how far the probability was from what came, 0 or 1. NaN where there is nothing.
 *
 * Example: brier([0.1, 0.9], [0, 1]) is 0.01.
 */
export function brier(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  counts?: ArrayLike<number>,
): number {
  let sum = 0;
  let all = 0;
  for (let row = 0; row < probabilities.length; row += 1) {
    const count = counts?.[row] ?? 1;
    sum += count * ((probabilities[row] ?? Number.NaN) - (labels[row] ?? Number.NaN)) ** 2;
    all += count;
  }
  return sum / all;
}
