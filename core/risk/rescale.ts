/**
 * Log-odds that add up from a bias, as points on another scale: they sum to the scale's value at the end less its value at
 * the bias, and each keeps its sign.
 *
 * What raises moves up the scale together, and so does what lowers, in either order; each side is worth the mean of both
 * ways (Shapley's value of two players), shared among its own by their log-odds. A plain factor would not do: where much
 * that raises and much that lowers nearly cancel out, it is anything up to infinite.
 *
 * Example: bias 0, log-odds 2 and −1 on a scale of 10 a unit up to 15: up first is worth 15 and then −5, down first −10 and
 * then 20; so 17.5 and −7.5, which is 10, the scale's value at 1.
 */
export function rescaled(
  logOdds: readonly number[],
  bias: number,
  scale: (logOdds: number) => number,
): number[] {
  const up = sumOf(logOdds.filter((one) => one > 0));
  const down = sumOf(logOdds.filter((one) => one < 0));
  const [start, end] = [scale(bias), scale(bias + up + down)];
  const [onlyUp, onlyDown] = [scale(bias + up), scale(bias + down)];
  const raised = (onlyUp - start + (end - onlyDown)) / 2;
  const lowered = (onlyDown - start + (end - onlyUp)) / 2;
  return logOdds.map((one) => {
    if (one === 0) return 0;
    return one > 0 ? raised * (one / up) : lowered * (one / down);
  });
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
