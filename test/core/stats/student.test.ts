import fc from "fast-check";
import { expect, test } from "vitest";
import { incompleteBeta } from "../../../core/stats/incomplete-beta.ts";
import { normalQuantile } from "../../../core/stats/normal-quantile.ts";
import { studentBelow } from "../../../core/stats/student-below.ts";
import { studentQuantile } from "../../../core/stats/student-quantile.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

test.each(golden.incompleteBeta)(
  "of a beta distribution, below %d with shapes %d and %d, is %d",
  (...given) => {
    const [at = 0, first = 0, second = 0, share = 0] = given;
    expectNear(incompleteBeta(at, first, second), share, 1e-8);
  },
);

test.each(golden.studentBelow)("the share below t = %d with %d degrees is %d", (t, degrees, share) =>
  expectNear(studentBelow(t, degrees), share, 1e-8),
);

test.each(golden.studentQuantile)("the quantile %d with %d degrees is %d", (share, degrees, t) => {
  const found = studentQuantile(share, degrees);
  if (t === 0) expect(Math.abs(found)).toBeLessThan(1e-9);
  else expectNear(found, t, 1e-8);
});

test("what has no answer is NaN or infinite", () => {
  expect(studentQuantile(0.5, 0)).toBeNaN();
  expect(studentQuantile(2, 5)).toBeNaN();
  expect(studentBelow(1, -1)).toBeNaN();
  expect(incompleteBeta(0.5, 0, 1)).toBeNaN();
  expect([studentQuantile(0, 5), studentQuantile(1, 5)]).toEqual([
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
  ]);
});

test("it has wider tails than the normal distribution, and becomes it", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.6, max: 0.9999, noNaN: true }),
      fc.double({ min: 0.5, max: 500, noNaN: true }),
      (share, degrees) => {
        expect(studentQuantile(share, degrees)).toBeGreaterThan(normalQuantile(share));
        expect(studentQuantile(share, degrees)).toBeGreaterThan(studentQuantile(share, degrees * 2));
      },
    ),
  );
  expectNear(studentQuantile(0.975, 1e9), normalQuantile(0.975), 1e-8);
});
