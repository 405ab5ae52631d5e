import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hodgesLehmann } from "../../../core/stats/hodges-lehmann.ts";
import { selectDifference } from "../../../core/stats/select-difference.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 40 });

describe("the difference of a rank", () => {
  const anything = fc.array(
    fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e300, max: 1e300, noNaN: true })),
    {
      minLength: 1,
      maxLength: 30,
    },
  );

  test("is that of all differences, sorted", () => {
    fc.assert(
      fc.property(anything, anything, fc.nat(), (first, second, seed) => {
        const left = Float64Array.from(first).sort();
        const right = Float64Array.from(second).sort();
        const all = first.flatMap((one) => second.map((other) => one - other));
        // Adding 0 turns −0 into 0.
        const sorted = Float64Array.from(all)
          .sort()
          .map((value) => value + 0);
        const rank = 1 + (seed % sorted.length);
        expect(selectDifference(left, right, rank) + 0).toBe(sorted[rank - 1]);
      }),
    );
  });

  test("is found among a hundred million without making them", () => {
    const first = Float64Array.from({ length: 10_000 }, (_, index) => index);
    const second = Float64Array.from({ length: 10_000 }, (_, index) => index / 10_000);
    expect(selectDifference(first, second, 50_000_000)).toBe(4999);
  });
});

describe("the shift", () => {
  test.each(golden.hodgesLehmann)("of $first from $second", ({ first, second, confidence, ...expected }) => {
    const found = hodgesLehmann(first, second, { confidence });
    expectNear(found?.estimate, expected.estimate, 1e-12);
    if (expected.lower === null || expected.upper === null) {
      expect(found).toMatchObject({ lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY });
    } else {
      expectNear(found?.lower, expected.lower, 1e-12);
      expectNear(found?.upper, expected.upper, 1e-12);
    }
  });

  test("has no answer without values", () => expect(hodgesLehmann([], [1])).toBeUndefined());

  test("moves with the values, turns with them, and lies in its interval", () => {
    fc.assert(
      fc.property(values, values, fc.integer({ min: -50, max: 50 }), (first, second, by) => {
        const found = hodgesLehmann(first, second, { confidence: 0.9 });
        const moved = hodgesLehmann(
          first.map((value) => value + by),
          second,
          { confidence: 0.9 },
        );
        const turned = hodgesLehmann(second, first, { confidence: 0.9 });
        expect(moved?.estimate).toBe((found?.estimate ?? 0) + by);
        expect(moved?.lower).toBe((found?.lower ?? 0) + by);
        expect((turned?.estimate ?? 0) + (found?.estimate ?? 0)).toBe(0);
        expect(found?.lower).toBeLessThanOrEqual(found?.estimate ?? 0);
        expect(found?.upper).toBeGreaterThanOrEqual(found?.estimate ?? 0);
      }),
    );
  });
});
