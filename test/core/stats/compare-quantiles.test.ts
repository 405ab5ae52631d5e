import { describe, expect, test } from "vitest";
import { compareQuantiles } from "../../../core/stats/compare-quantiles.ts";
import { seeded } from "../../../core/stats/random.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

describe("golden numbers", () => {
  test.each(golden.compareQuantiles)("$share of $first.counts beside $second.counts", (expected) => {
    const found = compareQuantiles(expected.first, expected.second, expected.share);
    expectNear(found?.ratio, expected.ratio);
    expectNear(found?.lower, expected.lower);
    if (expected.upper === null) expect(found?.upper).toBe(Number.POSITIVE_INFINITY);
    else expectNear(found?.upper, expected.upper);
  });
});

const bounds = [1, 2, 4];
const inside = { bounds, counts: [50, 40, 10, 0] };
const beyond = { bounds, counts: [10, 10, 10, 70] };

test("a quantile beyond its last edge bounds the ratio from one side, and two of them from none", () => {
  expect(compareQuantiles(beyond, inside, 0.9)).toMatchObject({
    beyond: "first",
    upper: Number.POSITIVE_INFINITY,
  });
  expect(compareQuantiles(inside, beyond, 0.9)).toMatchObject({ beyond: "second", lower: 0 });
  expect(compareQuantiles(beyond, beyond, 0.9)).toMatchObject({
    beyond: "both",
    lower: 0,
    upper: Number.POSITIVE_INFINITY,
  });
});

test("sides may change places, dispersion widens, and nothing has no ratio", () => {
  const other = { bounds, counts: [70, 20, 10, 0] };
  const found = compareQuantiles(inside, other, 0.5);
  const turned = compareQuantiles(other, inside, 0.5);
  expectNear((found?.ratio ?? 0) * (turned?.ratio ?? 0), 1);
  expectNear((found?.lower ?? 0) * (turned?.upper ?? 0), 1);
  const wide = compareQuantiles(inside, other, 0.5, { dispersion: 5 });
  expect(wide?.ratio).toBe(found?.ratio);
  expect(wide?.lower).toBeLessThan(found?.lower ?? 0);
  expect(wide?.upper).toBeGreaterThan(found?.upper ?? 0);
  expect(compareQuantiles(inside, { bounds, counts: [0, 0, 0, 0] }, 0.5)).toBeUndefined();
});

test("19 of 20 intervals hold the true ratio", () => {
  const random = seeded(11);
  const edges = [0.1, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2];
  const draw = (scale: number) => {
    const counts = [...edges, 0].map(() => 0);
    for (let event = 0; event < 300; event += 1) {
      const value = scale * random.gamma(2);
      const found = edges.findIndex((edge) => value <= edge);
      const bucket = found < 0 ? edges.length : found;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
    return { bounds: edges, counts };
  };
  let held = 0;
  for (let round = 0; round < 600; round += 1) {
    const found = compareQuantiles(draw(0.12), draw(0.12), 0.8);
    if (found && found.lower <= 1 && found.upper >= 1) held += 1;
  }
  expect(held / 600).toBeGreaterThan(0.92);
  expect(held / 600).toBeLessThan(0.985);
});
