import { expect, test } from "vitest";
import { ewmaDrift } from "../../../core/stats/ewma-drift.ts";
import { seeded } from "../../../core/stats/random.ts";
import golden from "../../fixtures/stats/golden.json" with { type: "json" };
import { expectNear } from "./near.ts";

test("golden numbers", () => {
  const { values, centre, deviation, averages, upper } = golden.ewma;
  const found = ewmaDrift(values, { centre, deviation });
  for (const [index, window] of found.entries()) {
    expectNear(window.average, averages[index] ?? 0);
    expectNear(window.upper, upper[index] ?? 0);
    expectNear(window.lower, 2 * centre - (upper[index] ?? 0));
  }
  expect(found.slice(0, 12).some(({ outside }) => outside)).toBe(false);
  expect(found.at(-1)?.outside).toBe(true);
});

test("a missing value moves neither the average nor its limits", () => {
  const options = { centre: 0, deviation: 1 };
  const found = ewmaDrift([null, 1, null, Number.NaN, 2], options);
  const [first, second] = ewmaDrift([1, 2], options);
  expect(found[0]).toEqual({ average: null, lower: 0, upper: 0, outside: false });
  expect(found.slice(1)).toEqual([first, first, first, second]);
});

test("it signals seldom where nothing drifts, and soon where something does", () => {
  const random = seeded(8);
  const still = Array.from({ length: 3000 }, () => random.normal());
  const signals = ewmaDrift(still, { centre: 0, deviation: 1 }).filter(({ outside }) => outside);
  expect(signals.length).toBeLessThan(30);
  const drifting = Array.from({ length: 100 }, (_, index) => random.normal() + index / 20);
  const first = ewmaDrift(drifting, { centre: 0, deviation: 1 }).findIndex(({ outside }) => outside);
  expect(first).toBeGreaterThan(0);
  expect(first).toBeLessThan(45);
});
