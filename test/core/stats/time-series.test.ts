import { describe, expect, test } from "vitest";
import { autocovariance } from "../../../core/stats/autocovariance.ts";
import { effectiveSize } from "../../../core/stats/effective-size.ts";
import { seeded } from "../../../core/stats/random.ts";
import { varianceOfMean } from "../../../core/stats/variance-of-mean.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

describe("golden numbers", () => {
  test.each(golden.timeSeries)("of a series, effective size $effectiveSize", (expected) => {
    const found = autocovariance(expected.values, 5);
    for (const [lag, value] of expected.autocovariance.entries()) expectNear(found[lag], value, 1e-8);
    expectNear(varianceOfMean(expected.values), expected.varianceOfMean, 1e-8);
    expectNear(effectiveSize(expected.values), expected.effectiveSize, 1e-8);
  });
});

const series = (part: number, size: number, seed: number): number[] => {
  const random = seeded(seed);
  let value = random.normal() / Math.sqrt(1 - part * part);
  return Array.from({ length: size }, () => {
    value = part * value + random.normal();
    return value;
  });
};

test("both see through a series that hangs together, where the plain variance would not", () => {
  const values = series(0.6, 20_000, 2);
  // In the limit a mean of such values varies by 1 / (1 − part)² over their number.
  expect(Math.abs(effectiveSize(values) / (20_000 / 4) - 1)).toBeLessThan(0.1);
  const variance = varianceOfMean(values, { lags: 60 }) ?? 0;
  expect(Math.abs((variance * 20_000) / (1 / 0.16) - 1)).toBeLessThan(0.15);
  expect((varianceOfMean(values, { lags: 0 }) ?? 0) * 20_000).toBeLessThan(2);
});

test("a scale changes nothing in the one, and squares in the other", () => {
  const values = series(0.4, 300, 4);
  const scaled = values.map((value) => 50 - 3 * value);
  expectNear(effectiveSize(scaled), effectiveSize(values), 1e-8);
  expectNear(varianceOfMean(scaled), 9 * (varianceOfMean(values) ?? 0), 1e-8);
});

test("few values, and equal ones", () => {
  expect([[], [1], [1, 2, 3]].map(effectiveSize)).toEqual([0, 1, 3]);
  expect(effectiveSize([4, 4, 4, 4, 4])).toBe(1);
  expect(varianceOfMean([4])).toBeUndefined();
  expect(varianceOfMean([4, 4])).toBe(0);
  expect(autocovariance([], 3)).toEqual([]);
});
