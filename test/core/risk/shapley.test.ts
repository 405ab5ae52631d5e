import fc from "fast-check";
import { expect, test } from "vitest";
import { shapleyValues } from "../../../core/risk/shapley.ts";

const points = fc.double({ min: -100, max: 100, noNaN: true });
const multiplier = fc.double({ min: 0.1, max: 5, noNaN: true });
const pairs = fc.array(fc.tuple(points, points), { minLength: 1, maxLength: 5 });

/** The definition: the mean of a player's marginal contribution over all orders in which players may join. */
function byEnumeration(now: number[], before: number[], multipliers: [number, number]): number[] {
  const players = now.length + 1;
  const totals = new Array<number>(players).fill(0);
  const orders = permutations([...Array(players).keys()]);
  const value = (joined: Set<number>): number => {
    const sum = now.reduce(
      (total, one, index) => total + (joined.has(index) ? one : (before[index] ?? 0)),
      0,
    );
    return sum * (joined.has(now.length) ? multipliers[0] : multipliers[1]);
  };
  for (const order of orders) {
    const joined = new Set<number>();
    for (const player of order) {
      const without = value(joined);
      joined.add(player);
      totals[player] = (totals[player] ?? 0) + value(joined) - without;
    }
  }
  return totals.map((total) => total / orders.length);
}

function permutations(items: number[]): number[][] {
  if (items.length < 2) return [items];
  return items.flatMap((item) =>
    permutations(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
  );
}

test("the closed form is the mean over all orders", () => {
  fc.assert(
    fc.property(pairs, multiplier, multiplier, (given, now, before) => {
      const nowPoints = given.map(([one]) => one);
      const beforePoints = given.map(([, one]) => one);
      const closed = shapleyValues(nowPoints, beforePoints, now, before);
      const enumerated = byEnumeration(nowPoints, beforePoints, [now, before]);
      [...closed.factors, closed.multiplier].forEach((value, index) => {
        expect(value).toBeCloseTo(enumerated[index] ?? Number.NaN, 8);
      });
    }),
    { numRuns: 60 },
  );
});

test("the example of its comment", () => {
  expect(shapleyValues([30], [10], 1.5, 1)).toEqual({ factors: [25], multiplier: 10 });
});
