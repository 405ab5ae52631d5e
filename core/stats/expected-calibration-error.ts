/** Probabilities in ten parts of equal width: how many, what they said on average, and what came. */
export type CalibrationBin = { rows: number; said: number; came: number };

/** What a diagram of reliability draws; parts that nothing fell into have no rows and NaN means. */
export function calibrationBins(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  counts?: ArrayLike<number>,
  parts = 10,
): CalibrationBin[] {
  const bins = Array.from({ length: parts }, () => ({ rows: 0, said: 0, came: 0 }));
  for (let row = 0; row < probabilities.length; row += 1) {
    const probability = probabilities[row] ?? 0;
    const count = counts?.[row] ?? 1;
    const bin = bins[Math.min(parts - 1, Math.floor(probability * parts))];
    if (bin === undefined) continue;
    bin.rows += count;
    bin.said += count * probability;
    bin.came += count * (labels[row] ?? 0);
  }
  return bins.map(({ rows, said, came }) => ({ rows, said: said / rows, came: came / rows }));
}

/**
 * Expected calibration error (Naeini and others 2015): how far what was said lies from what came, over ten parts of equal
 * width, each weighed by how many fell into it.
 *
 * Example: expectedCalibrationError([0.25, 0.25], [0, 1]) is 0.25.
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  counts?: ArrayLike<number>,
): number {
  const bins = calibrationBins(probabilities, labels, counts).filter(({ rows }) => rows > 0);
  const all = bins.reduce((sum, { rows }) => sum + rows, 0);
  return bins.reduce((sum, { rows, said, came }) => sum + rows * Math.abs(said - came), 0) / all;
}
