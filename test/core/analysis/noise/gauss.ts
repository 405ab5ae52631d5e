import type { LevelBelief } from "../../../../core/analysis/noise/arms.ts";
import type { Noise } from "../../../../core/analysis/noise/noise.ts";

/** The same model with all its covariances written out, for tests: no filter, plain linear algebra. */

export type Seen = { window: number; arm: 0 | 1; value: number; variance: number };

export type Whole = {
  squares: number;
  logDeterminant: number;
  /** Of a shift of one in the candidate from a window on. */
  shifted(from: number): { score: number; information: number };
};

export function whole(noise: Noise, belief: LevelBelief, seen: readonly Seen[]): Whole {
  const covariance = seen.map((left) => seen.map((right) => covarianceOf(noise, belief, left, right)));
  const lower = cholesky(covariance);
  const rest = solved(
    lower,
    seen.map(({ value }) => value - belief.level),
  );
  return {
    squares: dot(rest, rest),
    logDeterminant: 2 * lower.reduce((sum, row, index) => sum + Math.log(row[index] ?? 0), 0),
    shifted(from) {
      const shift = solved(
        lower,
        seen.map(({ arm, window }) => (arm === 1 && window >= from ? 1 : 0)),
      );
      return { score: dot(shift, rest), information: dot(shift, shift) };
    },
  };
}

function covarianceOf(noise: Noise, belief: LevelBelief, left: Seen, right: Seen): number {
  const apart = Math.abs(left.window - right.window);
  const both = belief.levelVariance + belief.shared ** 2 * belief.correlation ** apart;
  if (left.arm !== right.arm) return both;
  const own = noise.lasting ** 2 / 2 + (noise.drift ** 2 / 2) * noise.driftCorrelation ** apart;
  return both + own + (left === right ? left.variance : 0);
}

function cholesky(matrix: readonly (readonly number[])[]): number[][] {
  const lower = matrix.map((row) => row.map(() => 0));
  for (const [row, values] of matrix.entries()) {
    const own = lower[row] ?? [];
    for (let column = 0; column <= row; column++) {
      const other = lower[column] ?? [];
      const left = (values[column] ?? 0) - dot(own.slice(0, column), other.slice(0, column));
      own[column] = row === column ? Math.sqrt(left) : left / (other[column] ?? 1);
    }
  }
  return lower;
}

function solved(lower: readonly (readonly number[])[], right: readonly number[]): number[] {
  const found: number[] = [];
  for (const [row, values] of lower.entries())
    found.push(((right[row] ?? 0) - dot(values.slice(0, row), found)) / (values[row] ?? 1));
  return found;
}

function dot(left: readonly number[], right: readonly number[]): number {
  return left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);
}
