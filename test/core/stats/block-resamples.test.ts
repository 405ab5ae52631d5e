import { expect, test } from "vitest";
import { blockResamples } from "../../../core/stats/block-resamples.ts";
import { bootstrapInterval } from "../../../core/stats/bootstrap-interval.ts";
import { seeded } from "../../../core/stats/random.ts";

test("as many rows are drawn as there are, in blocks, and the same ones from one seed", () => {
  const drawn = Array.from(blockResamples(100, 50, 3));
  for (const counts of drawn) expect(counts.reduce((sum, one) => sum + one, 0)).toBe(100);
  expect(Array.from(blockResamples(100, 50, 3))).toEqual(drawn);
  // A row that was drawn came with its neighbours, but at the ends of blocks of ten.
  const alone = drawn.map(
    (counts) =>
      counts.filter((count, row) => count > 0 && !counts[(row + 1) % 100] && !counts[(row + 99) % 100])
        .length,
  );
  expect(Math.max(...alone)).toBeLessThanOrEqual(1);
});

/** How wide the interval of a mean is of 400 rows of which each `alike` that follow each other are the same. */
function widthOf(alike: number): number {
  const random = seeded(3);
  const different = Array.from({ length: 400 / alike }, random.normal);
  const mean = (counts: Uint16Array): number =>
    counts.reduce((sum, count, row) => sum + count * (different[Math.floor(row / alike)] ?? 0), 0) / 400;
  const [low, high] = bootstrapInterval(Array.from(blockResamples(400, 500, 4), mean));
  return high - low;
}

test("the interval of a mean is as wide as its standard error says, also where neighbours are alike", () => {
  expect(widthOf(1)).toBeGreaterThan(0.16);
  expect(widthOf(1)).toBeLessThan(0.24);
  // Eighty different ones: 2 · 1.96 / √80 is 0.44, where drawing row by row would say 0.2.
  expect(widthOf(5)).toBeGreaterThan(0.32);
  expect(widthOf(5)).toBeLessThan(0.52);
});

test("the middle 95 % leaves out what is not known, and is not known of nothing", () => {
  const [low, high] = bootstrapInterval([...Array.from({ length: 1001 }, (_, one) => one), Number.NaN]);
  expect([low, high]).toEqual([25, 975]);
  expect(bootstrapInterval([Number.NaN])).toEqual([Number.NaN, Number.NaN]);
});
