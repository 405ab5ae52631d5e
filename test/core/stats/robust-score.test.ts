import fc from "fast-check";
import { expect, test } from "vitest";
import { robustScale, robustScore } from "../../../core/stats/robust-score.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

test.each(golden.robust)("of $values: $centre, $scale", ({ values, centre, scale }) => {
  const found = robustScale(values);
  expectNear(found?.centre, centre);
  expectNear(found?.scale, scale);
});

test("beside equal values another one is infinitely far off, and the same one is not off", () => {
  const scale = robustScale([3, 3, 3]);
  expect(scale && [3, 4, 2].map((value) => robustScore(value, scale))).toEqual([
    0,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ]);
  expect(robustScale([])).toBeUndefined();
});

test("a wild value moves it little, and a scale changes no score", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 5 }),
      fc.integer(),
      (values, wild) => {
        const one = robustScale([...values, wild]);
        if (!one) throw new Error("there are values");
        expect(one.centre).toBeGreaterThanOrEqual(Math.min(...values));
        expect(one.centre).toBeLessThanOrEqual(Math.max(...values));
        const other = robustScale([...values, wild].map((value) => 7 * value));
        if (other && one.scale > 0) expectNear(robustScore(700, other), robustScore(100, one), 1e-9);
      },
    ),
  );
});
