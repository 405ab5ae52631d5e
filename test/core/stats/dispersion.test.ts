import { expect, test } from "vitest";
import { dispersionOfShares } from "../../../core/stats/dispersion.ts";
import { seeded } from "../../../core/stats/random.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

const { bad, total, ofShares } = golden.dispersion;

test("golden numbers", () => {
  expectNear(dispersionOfShares(bad, total)?.factor, ofShares);
});

test("missing windows, and those without events, say nothing", () => {
  const found = dispersionOfShares([null, ...bad, 0, 3], [500, ...total, 0, null]);
  expect(found).toEqual(dispersionOfShares(bad, total));
  expect(found?.degrees).toBe(bad.length - 1);
});

test.each<[string, (number | null)[], number[]]>([
  ["no window", [], []],
  ["one window", [3], [50]],
  ["nothing bad", [0, 0, 0], [10, 20, 30]],
  ["all bad", [10, 20], [10, 20]],
])("%s has none", (_, counts, over) => expect(dispersionOfShares(counts, over)).toBeUndefined());

test("counts by chance alone have about 1, and those with a rate that moves have more", () => {
  const random = seeded(3);
  const over = Array.from({ length: 4000 }, () => 100_000);
  const chance = over.map(() => random.poisson(5));
  const moving = over.map(() => random.poisson(5 * (random.gamma(5) / 5)));
  expect(Math.abs((dispersionOfShares(chance, over)?.factor ?? 0) - 1)).toBeLessThan(0.08);
  expect(Math.abs((dispersionOfShares(moving, over)?.factor ?? 0) - 2)).toBeLessThan(0.2);
});
