import fc from "fast-check";
import { cumulativeStdNormalProbability, probit } from "simple-statistics";
import { expect, test } from "vitest";
import { normalBelow } from "../../../core/stats/normal-below.ts";
import { normalQuantile } from "../../../core/stats/normal-quantile.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

test.each(golden.normalBelow)("the share below %d is %d", (z, share) => {
  // Far above 0 the share is 1 but for what a number can hold.
  expectNear(normalBelow(z), share, 1e-12);
});

test.each(golden.normalQuantile)("the quantile %d is %d", (share, z) =>
  expectNear(normalQuantile(share), z, 1e-12),
);

test("what has no answer is NaN or infinite", () => {
  expect([
    normalBelow(Number.NaN),
    normalQuantile(-0.1),
    normalQuantile(1.1),
    normalQuantile(Number.NaN),
  ]).toEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN]);
  expect([normalQuantile(0), normalQuantile(1)]).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
  expect([normalBelow(Number.NEGATIVE_INFINITY), normalBelow(Number.POSITIVE_INFINITY)]).toEqual([0, 1]);
});

test("both undo each other, and rise", () => {
  fc.assert(
    fc.property(
      fc.double({ min: -8, max: 5, noNaN: true }),
      fc.double({ min: 0.001, max: 1, noNaN: true }),
      (z, more) => {
        expectNear(normalQuantile(normalBelow(z)) + 20, z + 20, 1e-10);
        expect(normalBelow(z + more)).toBeGreaterThan(normalBelow(z));
      },
    ),
  );
});

test("those of simple-statistics would not do: an interval of 95 % from them is not one", () => {
  expect(Math.abs(probit(0.975) - normalQuantile(0.975))).toBeGreaterThan(1e-4);
  expect(cumulativeStdNormalProbability(-4) / normalBelow(-4)).toBeGreaterThan(30);
});
