import { describe, expect, test } from "vitest";
import { minimize } from "../../../core/stats/minimize.ts";

type At = ArrayLike<number>;
const part = (at: At, index: number): number => at[index] ?? 0;
function rosenbrock(at: At): number {
  let sum = 0;
  for (let index = 0; index + 1 < at.length; index += 1)
    sum += 100 * (part(at, index + 1) - part(at, index) ** 2) ** 2 + (1 - part(at, index)) ** 2;
  return sum;
}
const options = { mostEvaluations: 10_000, tolerance: 1e-10 };

describe("known minima", () => {
  test.each([2, 3, 4, 6])("Rosenbrock's valley in %d dimensions", (size) => {
    const start = Array.from({ length: size }, () => -1.2);
    const steps = start.map(() => 0.5);
    const found = minimize(rosenbrock, start, { ...options, steps });
    for (const value of found.at) expect(value).toBeCloseTo(1, 4);
    expect(found.value).toBeLessThan(1e-9);
    expect(found.evaluations).toBeLessThan(10_000);
  });

  test("one dimension, from both sides of it", () => {
    const square = (at: At) => (part(at, 0) - 3) ** 2;
    for (const start of [0, 6, 3, -1000])
      expect(minimize(square, [start], { ...options, steps: [1] }).at[0]).toBeCloseTo(3, 4);
  });

  test("Powell's singular function, where a simplex likes to collapse", () => {
    const powell = (at: At) => {
      const [a, b, c, d] = [part(at, 0), part(at, 1), part(at, 2), part(at, 3)];
      return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4;
    };
    const found = minimize(powell, [3, -1, 0, 1], { ...options, steps: [1, 1, 1, 1] });
    expect(found.value).toBeLessThan(1e-7);
  });
});

test("a wall of NaN or Infinity is kept away from", () => {
  for (const wall of [Number.NaN, Number.POSITIVE_INFINITY]) {
    const found = minimize((at) => (part(at, 0) < 1 ? wall : part(at, 0)), [5], { ...options, steps: [1] });
    expect(found.at[0]).toBeCloseTo(1, 4);
  }
  const nowhere = minimize(() => Number.NaN, [1, 2], { ...options, steps: [1, 1] });
  expect(nowhere.value).toBe(Number.POSITIVE_INFINITY);
  expect(nowhere.at).toEqual([1, 2]);
});

test("it stops where it is told to, and never ends worse than it began", () => {
  for (const mostEvaluations of [1, 2, 5, 30]) {
    const found = minimize(rosenbrock, [-1.2, 1], { steps: [0.5, 0.5], mostEvaluations, tolerance: 1e-10 });
    expect(found.evaluations).toBeLessThanOrEqual(mostEvaluations + 2);
    expect(found.value).toBeLessThanOrEqual(rosenbrock([-1.2, 1]));
    expect(found.value).toBe(rosenbrock(found.at));
  }
});

test("equal arguments give equal answers; none gives its value; too few steps are refused", () => {
  const run = () => minimize(rosenbrock, [-1.2, 1, 0], { ...options, steps: [1, 0.5, 2] });
  expect(run()).toEqual(run());
  expect(minimize(() => 7, [], { ...options, steps: [] })).toEqual({ at: [], value: 7, evaluations: 1 });
  expect(() => minimize(rosenbrock, [1, 2], { ...options, steps: [1] })).toThrow(RangeError);
});
