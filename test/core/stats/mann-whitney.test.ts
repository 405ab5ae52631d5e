import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mannWhitney, type Side } from "../../../core/stats/mann-whitney.ts";
import { mannWhitneyBuckets } from "../../../core/stats/mann-whitney-buckets.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

const sides: Side[] = ["either", "higher", "lower"];
const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 25 });

describe("on values", () => {
  test.each(golden.mannWhitney)("$name", ({ first, second, u, exact, chance }) => {
    for (const side of sides) {
      const found = mannWhitney(first, second, { side });
      expect(found).toMatchObject({ u, exact });
      expectNear(found?.chance, chance[side], 1e-9);
    }
  });

  test("one value beside one says nothing, and none has no answer", () => {
    expect(mannWhitney([2], [1])).toEqual({ u: 1, superiority: 1, chance: 1, exact: true });
    expect(mannWhitney([], [1])).toBeUndefined();
    expect(mannWhitney([1], [])).toBeUndefined();
  });

  test("both samples may change places, and only their order counts", () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(0, 30), (first, second, exactUpTo) => {
        const one = mannWhitney(first, second, { exactUpTo });
        const other = mannWhitney(second, first, { exactUpTo });
        expect((one?.u ?? 0) + (other?.u ?? 0)).toBe(first.length * second.length);
        expectNear(one?.chance, other?.chance ?? 0, 1e-12);
        const risen = (value: number) => value ** 3 + 5;
        expect(mannWhitney(first.map(risen), second.map(risen), { exactUpTo })).toEqual(one);
      }),
    );
  });

  test("what lies higher by chance, and what lies lower, are all that there is", () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(0, 60), (first, second, exactUpTo) => {
        const chance = (side: Side) => mannWhitney(first, second, { side, exactUpTo })?.chance ?? 0;
        expect(chance("higher") + chance("lower")).toBeGreaterThanOrEqual(1 - 1e-12);
        const twice = Math.min(1, 2 * Math.min(chance("higher"), chance("lower")));
        expectNear(chance("either"), twice, 1e-9);
      }),
    );
  });
});

describe("on buckets", () => {
  test.each(golden.mannWhitneyBuckets)("$first beside $second", ({ first, second, u, chance }) => {
    for (const side of sides) {
      const found = mannWhitneyBuckets(first, second, { side });
      expect(found?.u).toBe(u);
      expectNear(found?.chance, chance[side], 1e-8);
    }
  });

  test("counts that spread wider than chance prove less", () => {
    const [first, second] = [
      [10, 30, 60],
      [20, 40, 40],
    ];
    const sure = mannWhitneyBuckets(first ?? [], second ?? [])?.chance ?? 1;
    const unsure = mannWhitneyBuckets(first ?? [], second ?? [], { dispersion: 4 })?.chance ?? 0;
    expect(unsure).toBeGreaterThan(sure);
    expect(mannWhitneyBuckets([0, 0], [1, 2])).toBeUndefined();
    expect(mannWhitneyBuckets([3, 0], [9, 0])?.chance).toBe(1);
  });
});
