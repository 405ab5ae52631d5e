import fc from "fast-check";
import { expect, test } from "vitest";
import { rescaled } from "../../../core/risk/rescale.ts";

const capped = (logOdds: number) => Math.min(15, 10 * logOdds);
const percent = (logOdds: number) => 100 / (1 + Math.exp(-logOdds));

test("the example of its comment", () => {
  expect(rescaled([2, -1], 0, capped)).toEqual([17.5, -7.5]);
});

test("what nearly cancels out stays small", () => {
  const [up = 0, down = 0] = rescaled([1, -0.999999], 0, percent);
  expect(up).toBeCloseTo(23.1, 1);
  expect(down).toBeCloseTo(-23.1, 1);
});

test("points sum to the scale's end less its beginning, keep their sign, and are no more than the scale is wide", () => {
  const logOdds = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { maxLength: 20 });
  const steps = (one: number) => 10 * Math.floor(Math.max(0, Math.min(10, one + 5)));
  fc.assert(
    fc.property(
      logOdds,
      fc.double({ min: -5, max: 5, noNaN: true }),
      fc.constantFrom(percent, steps),
      (all, bias, scale) => {
        const points = rescaled(all, bias, scale);
        const up = all.filter((one) => one > 0).reduce((total, one) => total + one, 0);
        const down = all.filter((one) => one < 0).reduce((total, one) => total + one, 0);
        const sum = points.reduce((total, one) => total + one, 0);
        expect(Math.abs(sum - (scale(bias + up + down) - scale(bias)))).toBeLessThan(1e-9);
        for (const [index, one] of points.entries()) {
          expect(Math.abs(one)).toBeLessThanOrEqual(100 + 1e-9);
          expect(one * (all[index] ?? 0)).toBeGreaterThanOrEqual(-1e-12);
        }
      },
    ),
  );
});
