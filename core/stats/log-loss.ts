/**
 * Mean surprise, in natural logarithms: minus the logarithm of the probability that was given to what came. From log-odds,
 * so that nothing overflows. NaN where there is nothing.
 *
 * Example: logLoss([0], [1]) is log 2.
 */
export function logLoss(
  logOdds: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let sum = 0;
  let all = 0;
  for (let row = 0; row < logOdds.length; row += 1) {
    const weight = weights?.[row] ?? 1;
    const odds = logOdds[row] ?? Number.NaN;
    const surprise = Math.max(0, odds) + Math.log1p(Math.exp(-Math.abs(odds)));
    sum += weight * (surprise - (labels[row] ?? Number.NaN) * odds);
    all += weight;
  }
  return sum / all;
}
