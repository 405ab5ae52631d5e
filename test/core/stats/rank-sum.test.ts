import fc from "fast-check";
import { expect, test } from "vitest";
import { deviationOfRankSum, rankSum, tiesWithin } from "../../../core/stats/rank-sum.ts";
import { rankSumCounts } from "../../../core/stats/rank-sum-counts.ts";
import { expectNear } from "./near.ts";

const values = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 12 });

test("it counts pairs and ties as they would be counted one by one", () => {
  fc.assert(
    fc.property(values, values, fc.integer({ min: -4, max: 4 }), (first, second, shift) => {
      const shifted = first.map((value) => value - shift);
      const pairs = shifted.flatMap((left) => second.map((right) => (Math.sign(left - right) + 1) / 2));
      const groups = Map.groupBy([...shifted, ...second], (value) => value).values();
      const ties = [...groups].reduce((sum, { length }) => sum + length ** 3 - length, 0);
      const left = Float64Array.from(first).sort();
      const right = Float64Array.from(second).sort();
      const within = tiesWithin(left) + tiesWithin(right);
      expect(rankSum(left, right, shift, within, { u: 0, ties: 0 })).toEqual({
        u: pairs.reduce((sum, pair) => sum + pair, 0),
        ties,
      });
    }),
  );
});

test("draws are counted as they would be one by one", () => {
  const groups = [2, 1, 3];
  const places = groups.flatMap((size, group) => Array.from({ length: size }, () => group));
  const expected = new Float64Array(2 * 2 * 4 + 1);
  for (let one = 0; one < places.length; one += 1)
    for (let other = one + 1; other < places.length; other += 1) {
      const drawn = [places[one] ?? 0, places[other] ?? 0];
      const rest = places.filter((_, index) => index !== one && index !== other);
      const doubled = drawn.flatMap((left) => rest.map((right) => Math.sign(left - right) + 1));
      const sum = doubled.reduce((total, pair) => total + pair, 0);
      expected[sum] = (expected[sum] ?? 0) + 1;
    }
  expect(rankSumCounts(groups, 2)).toEqual(expected);
});

test("counted draws have the mean and the deviation that the normal approximation takes", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 8 }), (groups) => {
      const all = groups.reduce((sum, group) => sum + group, 0);
      const size = Math.ceil(all / 3);
      const counts = rankSumCounts(groups, size);
      const draws = counts.reduce((sum, count) => sum + count, 0);
      const mean = counts.reduce((sum, count, doubled) => sum + (count * doubled) / 2, 0) / draws;
      const square =
        counts.reduce((sum, count, doubled) => sum + count * (doubled / 2 - mean) ** 2, 0) / draws;
      const ties = groups.reduce((sum, group) => sum + group ** 3 - group, 0);
      expectNear(mean, (size * (all - size)) / 2, 1e-9);
      expectNear(Math.sqrt(square), deviationOfRankSum(size, all - size, ties), 1e-6);
    }),
  );
});
