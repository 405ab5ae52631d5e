import { describe, expect, test } from "vitest";
import { normalBelow } from "../../../core/stats/normal-below.ts";
import { seeded } from "../../../core/stats/random.ts";

const size = 40_000;

function moments(draw: () => number): { mean: number; variance: number } {
  const values = Array.from({ length: size }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / size;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (size - 1) };
}

test("equal seeds give equal numbers, and different ones others", () => {
  const draw = (seed: number) => {
    const random = seeded(seed);
    return Array.from({ length: 5 }, () => [
      random.uniform(),
      random.normal(),
      random.poisson(40),
      random.gamma(2),
    ]);
  };
  expect(draw(1)).toEqual(draw(1));
  expect(new Set([0, 1, 2, 2 ** 32, 2 ** 32 + 1, -1].map((seed) => draw(seed)[0]?.[0])).size).toBe(6);
});

test("uniform numbers lie within 0 and 1, and evenly", () => {
  const random = seeded(1);
  const counts = Array.from({ length: 20 }, () => 0);
  for (let draw = 0; draw < size; draw += 1) {
    const value = random.uniform();
    expect(value > 0 && value < 1).toBe(true);
    counts[Math.floor(value * 20)] = (counts[Math.floor(value * 20)] ?? 0) + 1;
  }
  const square = counts.reduce((sum, count) => sum + (count - size / 20) ** 2 / (size / 20), 0);
  // The chance of more than 43.8 with 19 degrees is one in a thousand.
  expect(square).toBeLessThan(43.8);
});

test("normal numbers have the shape of a normal distribution (Kolmogorov and Smirnov)", () => {
  const random = seeded(2);
  const values = Float64Array.from({ length: size }, () => random.normal()).sort();
  const furthest = values.reduce(
    (most, value, index) => Math.max(most, Math.abs(normalBelow(value) - (index + 0.5) / size)),
    0,
  );
  expect(furthest * Math.sqrt(size)).toBeLessThan(1.95);
});

describe("counts", () => {
  test.each([0.2, 3, 9.99, 10, 25, 400, 1e6])("with mean %d spread as Poisson's do", (mean) => {
    const random = seeded(3);
    const found = moments(() => random.poisson(mean));
    expect(Math.abs(found.mean - mean)).toBeLessThan(4 * Math.sqrt(mean / size));
    expect(Math.abs(found.variance / mean - 1)).toBeLessThan(4 * Math.sqrt((2 + 1 / mean) / size));
  });

  test("with mean 12 come each as often as they should", () => {
    const random = seeded(4);
    const counts = Array.from({ length: 40 }, () => 0);
    for (let draw = 0; draw < size; draw += 1) {
      const count = random.poisson(12);
      counts[count] = (counts[count] ?? 0) + 1;
    }
    let chance = Math.exp(-12);
    let square = 0;
    for (let count = 0; count < 40; count += 1) {
      const expected = chance * size;
      if (expected > 10) square += ((counts[count] ?? 0) - expected) ** 2 / expected;
      chance *= 12 / (count + 1);
    }
    // Some 23 counts are common enough: 49.7 is passed once in a thousand.
    expect(square).toBeLessThan(49.7);
  });

  test("with mean 0 are 0, and a mean that is none has no count", () => {
    const random = seeded(5);
    expect([random.poisson(0), random.poisson(-1), random.poisson(Number.NaN)]).toEqual([
      0,
      Number.NaN,
      Number.NaN,
    ]);
    expect(random.poisson(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
  });
});

test.each([0.3, 1, 4.5, 1000])("gamma numbers of shape %d have it as mean and variance", (shape) => {
  const random = seeded(6);
  const found = moments(() => random.gamma(shape));
  expect(Math.abs(found.mean - shape)).toBeLessThan(4 * Math.sqrt(shape / size));
  expect(Math.abs(found.variance / shape - 1)).toBeLessThan(4 * Math.sqrt((2 + 6 / shape) / size));
});
