import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bucketQuantile } from "../../../core/stats/bucket-quantile.ts";
import { seeded } from "../../../core/stats/random.ts";
import { valueAtRank } from "../../../core/stats/value-at-rank.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

describe("golden numbers", () => {
  test.each(golden.bucketQuantile)("$share of $histogram.counts, $interpolation", (expected) => {
    const interpolation = expected.interpolation === "log" ? "log" : "linear";
    const found = bucketQuantile(expected.histogram, expected.share, { interpolation });
    expectNear(found?.value, expected.value);
    expectNear(found?.standardError, expected.standardError, 1e-6);
    expect(found?.beyond).toBe(expected.beyond);
  });
});

test("a quantile on an edge is that edge, and not beyond it", () => {
  const bounds = [0.1, 0.3];
  expect(bucketQuantile({ bounds, counts: [90, 5, 5] }, 0.95)).toMatchObject({ value: 0.3, beyond: false });
  expect(bucketQuantile({ bounds, counts: [90, 4, 6] }, 0.95)).toMatchObject({ value: 0.3, beyond: true });
});

test("no events, and no edge, have no quantile", () => {
  expect(bucketQuantile({ bounds: [1], counts: [0, 0] }, 0.5)).toBeUndefined();
  expect(bucketQuantile({ bounds: [], counts: [5] }, 0.5)).toBeUndefined();
  expect(bucketQuantile({ bounds: [Number.POSITIVE_INFINITY], counts: [5] }, 0.5)).toBeUndefined();
});

test("an edge +Inf of a store's own is no edge", () => {
  const given = { bounds: [1, 2, Number.POSITIVE_INFINITY], counts: [50, 30, 20] };
  expect(bucketQuantile(given, 0.9)).toEqual(bucketQuantile({ bounds: [1, 2], counts: [50, 30, 20] }, 0.9));
});

test("edges below 0 begin at the lowest of them", () => {
  const found = bucketQuantile({ bounds: [-2, -1, 1], counts: [0, 10, 10, 0] }, 0.25);
  expect(found?.value).toBe(-1.5);
});

test("it rises with the share, and spreads less with more events", () => {
  const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
  const counts = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 5, maxLength: 5 });
  fc.assert(
    fc.property(
      counts,
      share,
      share,
      fc.constantFrom("linear", "log"),
      (given, one, other, interpolation) => {
        const histogram = { bounds: [0.1, 0.2, 0.4, 0.8], counts: given };
        const low = bucketQuantile(histogram, Math.min(one, other), { interpolation });
        const high = bucketQuantile(histogram, Math.max(one, other), { interpolation });
        if (!low || !high) return;
        expect(low.value).toBeLessThanOrEqual(high.value);
        const wide = bucketQuantile(histogram, one, { interpolation, dispersion: 4 });
        expect(wide?.standardError).toBeGreaterThan(0);
        expect(valueAtRank(histogram, 0, interpolation)).toBeLessThanOrEqual(low.value);
      },
    ),
  );
});

test("values that were drawn spread as their standard error says", () => {
  const random = seeded(5);
  const bounds = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.5, 2, 3];
  const found = Array.from({ length: 400 }, () => {
    const counts = [...bounds, Number.POSITIVE_INFINITY].map(() => 0);
    for (let event = 0; event < 500; event += 1) {
      const value = 0.3 * Math.exp(0.6 * random.normal());
      const bucket = bounds.findIndex((bound) => value <= bound);
      counts[bucket < 0 ? bounds.length : bucket] = (counts[bucket < 0 ? bounds.length : bucket] ?? 0) + 1;
    }
    return bucketQuantile({ bounds, counts }, 0.9) ?? { value: 0, standardError: 0 };
  });
  const mean = found.reduce((sum, { value }) => sum + value, 0) / found.length;
  const spread = Math.sqrt(found.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / found.length);
  const said = found.reduce((sum, { standardError }) => sum + standardError, 0) / found.length;
  expect(said / spread).toBeGreaterThan(0.85);
  expect(said / spread).toBeLessThan(1.15);
});
