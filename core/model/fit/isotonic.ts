import { levelsFromTop } from "../../stats/levels-from-top.ts";
import type { Calibration } from "./calibration.ts";

type Pool = { logOdds: number; failed: number; weight: number };

/**
 * Isotonic regression by pooling neighbours that fall (Ayer and others 1955): the rising steps that come nearest to what
 * came, here as straight lines from the middle of one step to the next. Each step is half a failure and half a success nearer
 * to one in two, so that none says never or always.
 *
 * Example: at −1, 0 and 1 the outcomes 1, 0, 1 pool the first two to one half, said at −0.5.
 */
export function isotonic(
  logOdds: ArrayLike<number>,
  labels: ArrayLike<number>,
  weights: ArrayLike<number>,
): Extract<Calibration, { kind: "steps" }> {
  const pools: Pool[] = [];
  for (const next of levelsOf(logOdds, labels, weights)) {
    let pool = next;
    for (let last = pools.at(-1); last !== undefined && fallsOrStays(last, pool); last = pools.at(-1)) {
      pools.pop();
      pool = joined(last, pool);
    }
    pools.push(pool);
  }
  let highest = Number.NEGATIVE_INFINITY;
  const says = pools.map(({ failed, weight }) => {
    highest = Math.max(highest, Math.log((failed + 0.5) / (weight - failed + 0.5)));
    return highest;
  });
  return { kind: "steps", at: pools.map((pool) => pool.logOdds), says };
}

/** Equal log-odds together, the least first: in whatever order they came, they are given the same. */
function levelsOf(logOdds: ArrayLike<number>, labels: ArrayLike<number>, weights: ArrayLike<number>): Pool[] {
  const levels = levelsFromTop(logOdds).toReversed();
  return levels.flatMap((rows) => {
    let [failed, weight] = [0, 0];
    for (const row of rows) {
      failed += (weights[row] ?? 0) * (labels[row] ?? 0);
      weight += weights[row] ?? 0;
    }
    return weight > 0 ? { logOdds: logOdds[rows[0] ?? 0] ?? 0, failed, weight } : [];
  });
}

function fallsOrStays(last: Pool, next: Pool): boolean {
  return last.failed * next.weight >= next.failed * last.weight;
}

function joined(one: Pool, two: Pool): Pool {
  const weight = one.weight + two.weight;
  return {
    logOdds: (one.logOdds * one.weight + two.logOdds * two.weight) / weight,
    failed: one.failed + two.failed,
    weight,
  };
}
