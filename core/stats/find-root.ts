/**
 * Where a function crosses zero between two points on either side of it: Brent's method (1973, "Algorithms for
 * Minimization without Derivatives", chapter 4), which takes the secant or the inverse parabola where these close in
 * quickly enough, and halves where they do not. On a step it ends within `tolerance` of it, on the side that it came
 * from; whoever has to agree with another implementation needs the same steps, so they are Brent's own.
 *
 * Example: findRoot((x) => x * x - 2, { at: 0, value: -2 }, { at: 2, value: 2 }, 1e-9) is 1.414213562 to nine digits.
 */
export function findRoot(
  measured: (at: number) => number,
  low: Point,
  high: Point,
  tolerance: number,
): number {
  if (low.value === 0) return low.at;
  if (high.value === 0) return high.at;
  let previous = low.at;
  let previousValue = low.value;
  let best = high.at;
  let bestValue = high.value;
  let across = previous;
  let acrossValue = previousValue;
  for (let step = 0; step <= mostSteps; step += 1) {
    const lastMove = best - previous;
    if (Math.abs(acrossValue) < Math.abs(bestValue)) {
      previous = best;
      previousValue = bestValue;
      best = across;
      bestValue = acrossValue;
      across = previous;
      acrossValue = previousValue;
    }
    const near = 2 * Number.EPSILON * Math.abs(best) + tolerance / 2;
    const half = (across - best) / 2;
    if (Math.abs(half) <= near || bestValue === 0) return best;

    let move = half;
    if (Math.abs(lastMove) >= near && Math.abs(previousValue) > Math.abs(bestValue)) {
      const width = across - best;
      let over: number;
      let under: number;
      if (previous === across) {
        const part = bestValue / previousValue;
        over = width * part;
        under = 1 - part;
      } else {
        const outer = previousValue / acrossValue;
        const inner = bestValue / acrossValue;
        const part = bestValue / previousValue;
        over = part * (width * outer * (outer - inner) - (best - previous) * (inner - 1));
        under = (outer - 1) * (inner - 1) * (part - 1);
      }
      if (over > 0) under = -under;
      else over = -over;
      const within = over < 0.75 * width * under - Math.abs(near * under) / 2;
      if (within && over < Math.abs((lastMove * under) / 2)) move = over / under;
    }
    if (Math.abs(move) < near) move = move > 0 ? near : -near;
    previous = best;
    previousValue = bestValue;
    best += move;
    bestValue = measured(best);
    if ((bestValue > 0 && acrossValue > 0) || (bestValue < 0 && acrossValue < 0)) {
      across = previous;
      acrossValue = previousValue;
    }
  }
  return best;
}

export type Point = { at: number; value: number };

const mostSteps = 1000;
