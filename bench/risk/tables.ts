import { pointsOnCurve } from "../../core/risk/curve.ts";

/**
 * What is fitted: how many points each knot of the three tables adds to the one before, whole points, never negative,
 * so that every curve rises.
 */
export const knots = {
  additions: [0, 1, 2, 5, 10, 20, 35, 50, 70, 100, 200],
  files: [1, 2, 3, 5],
  deletions: [0, 1, 3],
} as const;

/** Set by hand: too few changes are so large for a fit to mean anything, yet a larger one should still score more. */
const tails: Record<CurveName, readonly (readonly [number, number])[]> = {
  additions: [
    [500, 3],
    [2000, 2],
    [10000, 2],
  ],
  files: [[50, 2]],
  deletions: [],
};

export const curveNames = ["additions", "files", "deletions"] as const;
export type CurveName = (typeof curveNames)[number];
export type Steps = [number, number][];
export type Tables = Record<CurveName, Steps>;

/** Where a fit starts: a plain guess. */
export const startingRises: readonly number[] = [7, 3, 4, 6, 6, 7, 7, 9, 10, 15, 2, 2, 2, 1, 1];

export function tablesOf(rises: readonly number[]): Tables {
  let next = 0;
  const table = (name: CurveName): Steps => {
    let points = 0;
    const [first, ...others] = knots[name];
    const steps: Steps = [[first, 0]];
    for (const knot of others) {
      points += rises[next] ?? 0;
      next += 1;
      steps.push([knot, points]);
    }
    for (const [knot, rise] of tails[name]) {
      points += rise;
      steps.push([knot, points]);
    }
    return steps;
  };
  return { additions: table("additions"), files: table("files"), deletions: table("deletions") };
}

const plain = tablesOf(startingRises);
const lastOf = (steps: Steps): number => steps.at(-1)?.[0] ?? 0;

/** Above these the tables are flat. */
export const lastKnots: Record<CurveName, number> = {
  additions: lastOf(plain.additions),
  files: lastOf(plain.files),
  deletions: lastOf(plain.deletions),
};

/** Points for every whole value up to the last knot, above which the table is flat. */
export function tabulated(steps: Steps): Float64Array {
  return Float64Array.from({ length: lastOf(steps) + 1 }, (_, value) =>
    pointsOnCurve({ kind: "steps", steps }, value),
  );
}

/** Squared changes of slope along the additions curve, in points per doubling: small where the curve bends gently. */
export function roughness(rises: readonly number[]): number {
  let total = 0;
  let before: number | undefined;
  for (let index = 1; index < knots.additions.length; index++) {
    const low = knots.additions[index - 1] ?? 0;
    const high = knots.additions[index] ?? 0;
    const slope = (rises[index - 1] ?? 0) / Math.log2((1 + high) / (1 + low));
    if (before !== undefined) total += (slope - before) ** 2;
    before = slope;
  }
  return total;
}
