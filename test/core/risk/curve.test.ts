import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Curve } from "../../../core/policy/schema.ts";
import { pointsOnCurve } from "../../../core/risk/curve.ts";

const coverage: Curve = { kind: "linear", points: -1, per: 1, min: -5, max: 10 };
const saturating: Curve = { kind: "saturating", max: 12, half: 4, slope: 2 };
const logarithmic: Curve = { kind: "logarithmic", points: 10, scale: 1, max: 25 };
const steps: Curve = {
  kind: "steps",
  steps: [
    [1, 2],
    [3, 6],
    [13, 7],
  ],
};

describe("pointsOnCurve", () => {
  it.each<[string, Curve, number | boolean, number]>([
    ["linear: in proportion", { kind: "linear", points: 1, per: 100 }, 250, 2.5],
    ["linear: a loss adds", coverage, -3, 3],
    ["linear: a gain subtracts", coverage, 2, -2],
    ["linear: kept above min", coverage, 40, -5],
    ["linear: kept below max", coverage, -40, 10],
    ["linear: no negative zero", coverage, 0, 0],
    ["saturating: nothing at 0", saturating, 0, 0],
    ["saturating: nothing below 0", saturating, -3, 0],
    ["saturating: half of max at half", saturating, 4, 6],
    ["saturating: as in the formula", saturating, 8, 12 * (64 / (64 + 16))],
    ["saturating: max where the power overflows", saturating, 1e200, 12],
    ["logarithmic: nothing at 0", logarithmic, 0, 0],
    ["logarithmic: points for each e-fold", logarithmic, Math.E - 1, 10],
    ["logarithmic: nothing below 0", logarithmic, -5, 0],
    ["logarithmic: kept below max", logarithmic, 1e9, 25],
    ["flag: true", { kind: "flag", points: 15 }, true, 15],
    ["flag: false", { kind: "flag", points: 15 }, false, 0],
    ["flag: a count above 0", { kind: "flag", points: 50 }, 3, 50],
    ["flag: a count of 0", { kind: "flag", points: 50 }, 0, 0],
    ["steps: flat before the first", steps, 0, 2],
    ["steps: on a knot", steps, 3, 6],
    ["steps: between two knots", steps, 2, 4],
    ["steps: between the next two", steps, 8, 6.5],
    ["steps: flat after the last", steps, 1000, 7],
    ["steps: a single pair is flat", { kind: "steps", steps: [[5, 3]] }, 9, 3],
    ["a flag on a line reads as 1", { kind: "linear", points: 4, per: 1 }, true, 4],
  ])("%s", (_, curve, fact, points) => {
    expect(pointsOnCurve(curve, fact)).toBeCloseTo(points, 12);
    expect(Object.is(pointsOnCurve(curve, fact), -0)).toBe(false);
  });

  const value = fc.double({ noNaN: true, noDefaultInfinity: true });
  const amount = fc.double({ min: 0.001, max: 100, noNaN: true });
  const pairs = fc
    .array(fc.tuple(fc.double({ min: 0.01, max: 1e6, noNaN: true }), amount), { minLength: 1, maxLength: 20 })
    .map((rises) => {
      let at = -1000;
      let points = -100;
      return rises.map(([further, more]): [number, number] => {
        at += further;
        points = Math.min(100, points + more);
        return [at, points];
      });
    });
  const risingCurve: fc.Arbitrary<Curve> = fc.oneof(
    fc.record({ kind: fc.constant("linear" as const), points: amount, per: amount }),
    fc.record({
      kind: fc.constant("linear" as const),
      points: amount,
      per: amount,
      min: fc.constant(0),
      max: amount,
    }),
    fc.record({
      kind: fc.constant("saturating" as const),
      max: amount,
      half: amount,
      slope: fc.double({ min: 0.1, max: 8, noNaN: true }),
    }),
    fc.record({ kind: fc.constant("logarithmic" as const), points: amount, scale: amount, max: amount }),
    fc.record({ kind: fc.constant("flag" as const), points: amount }),
    fc.record({ kind: fc.constant("steps" as const), steps: pairs }),
  );

  it("never falls where the points are positive, and is finite for any value", () => {
    fc.assert(
      fc.property(risingCurve, value, value, (curve, left, right) => {
        const low = pointsOnCurve(curve, Math.min(left, right));
        const high = pointsOnCurve(curve, Math.max(left, right));
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
        expect(high).toBeGreaterThanOrEqual(low - 1e-9);
      }),
      { numRuns: 2000 },
    );
  });

  it("is finite where a value is so large that its power hardly fits a number", () => {
    const curve: Curve = {
      kind: "saturating",
      max: 90,
      half: 0.0038161835597687907,
      slope: 1.7156181737419187,
    };
    expect(pointsOnCurve(curve, 1.8081060798906258e177)).toBe(90);
  });

  it("stays within the points of its pairs", () => {
    fc.assert(
      fc.property(pairs, value, (steps, fact) => {
        const points = pointsOnCurve({ kind: "steps", steps }, fact);
        expect(points).toBeGreaterThanOrEqual((steps[0]?.[1] ?? 0) - 1e-9);
        expect(points).toBeLessThanOrEqual((steps.at(-1)?.[1] ?? 0) + 1e-9);
      }),
    );
  });
});
