import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { twoProportions } from "../../../core/stats/two-proportions.ts";
import { wilsonInterval } from "../../../core/stats/wilson-interval.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

describe("Wilson's interval", () => {
  test.each(golden.wilsonInterval)("of %d among %d is %d to %d", (...given) => {
    const [counted = 0, events = 0, lower = 0, upper = 0] = given;
    const found = wilsonInterval(counted, events, 1.959963984540054);
    expectNear(found.lower, lower);
    expectNear(found.upper, upper);
  });
  test("of nothing is everything", () => expect(wilsonInterval(0, 0, 2)).toEqual({ lower: 0, upper: 1 }));
});

describe("two proportions", () => {
  test.each(golden.twoProportions)(
    "$first beside $second",
    ({ first, second, difference, ratio, z, chance }) => {
      const found = twoProportions(first, second);
      expectNear(found?.difference.lower, difference[0] ?? 0);
      expectNear(found?.difference.upper, difference[1] ?? 0);
      expectNear(found?.ratio.lower, ratio[0] ?? 0);
      expectNear(found?.ratio.upper, ratio[1] ?? 0);
      expectNear(found?.z, z);
      expectNear(found?.chance, chance);
    },
  );

  test("without events on one side have no answer, and without bad ones no difference", () => {
    expect(twoProportions({ bad: 0, total: 0 }, { bad: 1, total: 5 })).toBeUndefined();
    expect(twoProportions({ bad: 0, total: 9 }, { bad: 0, total: 5 })).toMatchObject({ z: 0, chance: 1 });
  });

  const proportion = fc
    .tuple(fc.integer({ min: 0, max: 100 }), fc.integer({ min: 1, max: 900 }))
    .map(([bad, more]) => ({ bad, total: bad + more }));

  test("may change places, hold their estimate, and prove less where counts spread wider", () => {
    fc.assert(
      fc.property(
        proportion,
        proportion,
        fc.double({ min: 1.1, max: 9, noNaN: true }),
        (first, second, dispersion) => {
          const found = twoProportions(first, second);
          const turned = twoProportions(second, first);
          const wide = twoProportions(first, second, { dispersion });
          if (!found || !turned || !wide) throw new Error("all have events");
          expectNear(turned.difference.lower + 1, 1 - found.difference.upper, 1e-9);
          expectNear(turned.ratio.estimate * found.ratio.estimate, 1, 1e-9);
          expect(found.difference.lower).toBeLessThanOrEqual(found.difference.estimate);
          expect(found.difference.upper).toBeGreaterThanOrEqual(found.difference.estimate);
          expect(wide.difference.upper - wide.difference.lower).toBeGreaterThan(
            found.difference.upper - found.difference.lower,
          );
          expect(wide.chance).toBeGreaterThanOrEqual(found.chance);
          expectNear(wide.z * Math.sqrt(dispersion) + 1, found.z + 1, 1e-9);
        },
      ),
    );
  });
});
