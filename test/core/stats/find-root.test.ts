import fc from "fast-check";
import { expect, test } from "vitest";
import { findRoot } from "../../../core/stats/find-root.ts";

const between = (measured: (at: number) => number, low: number, high: number, tolerance = 1e-12) =>
  findRoot(measured, { at: low, value: measured(low) }, { at: high, value: measured(high) }, tolerance);

test.each<[string, (at: number) => number, number, number, number]>([
  ["a root of two", (at) => at * at - 2, 0, 2, Math.SQRT2],
  ["where a cosine is its angle", (at) => Math.cos(at) - at, 0, 1, 0.739_085_133_215_160_6],
  ["a triple root", (at) => (at - 1) ** 3, -1, 4, 1],
  ["an end that is one", (at) => at, 0, 5, 0],
  ["the other end", (at) => at - 5, 0, 5, 5],
])("%s", (_, measured, low, high, root) => {
  expect(between(measured, low, high)).toBeCloseTo(root, 5);
});

test("a smooth root takes few steps", () => {
  let steps = 0;
  const found = between(
    (at) => {
      steps += 1;
      return Math.exp(at) - 5;
    },
    -10,
    10,
  );
  expect(found).toBeCloseTo(Math.log(5), 12);
  expect(steps).toBeLessThan(20);
});

test("of a step it finds the edge", () => {
  fc.assert(
    fc.property(fc.double({ min: -100, max: 100, noNaN: true }), (edge) => {
      const found = between((at) => (at < edge ? 3 : -1), -101, 101, 1e-4);
      expect(Math.abs(found - edge)).toBeLessThanOrEqual(1e-4);
    }),
  );
});
