import { describe, expect, test } from "vitest";
import { arms, logVarianceOver } from "../../../../core/analysis/noise/arms.ts";
import { beliefsOf, follow } from "../../../../core/analysis/noise/follow.ts";
import { defaultNoise, type Noise } from "../../../../core/analysis/noise/noise.ts";
import { type Random, seeded } from "../../../../core/stats/random.ts";
import { type Seen, whole } from "./gauss.ts";

const noise: Noise = {
  ...defaultNoise("gauge", 120),
  level: 5,
  levelSpread: 0.2,
  shared: 0.15,
  sharedCorrelation: 0.7,
  lasting: 0.08,
  drift: 0.1,
  driftCorrelation: 0.4,
  scatter: 0.06,
  dispersion: 1.4,
  alikeness: 7,
};
/** Windows 0 to 6, of which number 2 is missing. */
const values: readonly (readonly [number, number, number, number, number])[] = [
  [0, 5.1, 5.16, 0.001, 0.004],
  [1, 4.9, 5.2, 0.002, 0.004],
  [3, 5.2, 5.25, 0.001, 0.02],
  [4, 5.0, 5.3, 0.003, 0.004],
  [5, 5.05, 5.41, 0.001, 0.001],
  [6, 5.15, 5.29, 0.002, 0.004],
];
const begins = [0, 4];
const [usual, unlike] = beliefsOf(noise, 5.1);
if (!usual || !unlike) throw new Error("there are two beliefs");

const seenBy = (extra: number, times: number): Seen[] =>
  values.flatMap(([window, baseline, candidate, left, right]): Seen[] => [
    { window, arm: 0, value: baseline, variance: extra + times * left },
    { window, arm: 1, value: candidate, variance: extra + times * right },
  ]);

/** Calls `each` for every window in order, missing ones too. */
function fed(each: { add(window: (typeof values)[number]): void; skip(): void; begin(): void }): void {
  for (let window = 0; window <= 6; window++) {
    if (window === begins[1]) each.begin();
    const found = values.find(([at]) => at === window);
    if (found) each.add(found);
    else each.skip();
  }
}

describe("the filter of both arms is the whole covariance, inverted", () => {
  const filters = [usual, unlike].map((belief) => {
    const filter = arms(noise, belief, 2);
    fed({
      add: ([, baseline, candidate, left, right]) => filter.add(baseline, candidate, left, right),
      skip: () => filter.pass(),
      begin: () => filter.begin(),
    });
    return { filter, brute: whole(noise, belief, seenBy(0, 1)) };
  });

  test.each([0, 1])("belief %i: squares, scores and information", (which) => {
    const { filter, brute } = filters[which] ?? {};
    expect(filter?.sums.squares).toBeCloseTo(brute?.squares ?? 0, 9);
    for (const [column, from] of begins.entries()) {
      const { score, information } = brute?.shifted(from) ?? { score: 0, information: 0 };
      expect(filter?.scores[column]).toBeCloseTo(score, 9);
      expect(filter?.information[column]).toBeCloseTo(information, 9);
    }
  });

  test("the estimate of least squares and its variance", () => {
    const { filter, brute } = filters[0] ?? {};
    const { score, information } = brute?.shifted(0) ?? { score: 0, information: 1 };
    expect((filter?.scores[0] ?? 0) / (filter?.information[0] ?? 1)).toBeCloseTo(score / information, 12);
    expect(information).toBeGreaterThan(1);
  });

  test("the determinants", () => {
    const [first, second] = filters;
    if (!first || !second) throw new Error("there are two filters");
    expect(logVarianceOver(second.filter.sums, first.filter.sums)).toBeCloseTo(
      second.brute.logDeterminant - first.brute.logDeterminant,
      9,
    );
  });
});

describe("the follower", () => {
  const sizes = [0.05, 0.15, 0.3];
  const follower = follow(noise, { sizes, laterStarts: 1 });
  fed({
    add: ([, baseline, candidate, left, right]) => follower.add(baseline, candidate, left, right),
    skip: () => follower.skip(),
    begin: () => follower.mayBegin(),
  });
  const known = [usual, unlike].map((belief) => ({
    belief,
    brute: whole(noise, belief, seenBy(noise.scatter ** 2 / 2, noise.dispersion)),
  }));
  const power = -(noise.alikeness + 2 * values.length) / 2;
  const density = (squares: number, logDeterminant: number): number =>
    Math.exp(-logDeterminant / 2) * (1 + squares / noise.alikeness) ** power;

  test("its evidence is the mean of Student's densities with a shift over that without", () => {
    let shifted = 0;
    let still = 0;
    for (const { belief, brute } of known) {
      still += belief.weight * density(brute.squares, brute.logDeterminant);
      for (const [index, from] of begins.entries()) {
        const { score, information } = brute.shifted(from);
        for (const size of sizes) {
          const gain = size * score - 0.5 * size * size * information;
          // What speaks against a shift is left at nothing.
          if (gain <= 0) continue;
          const squares = brute.squares - 2 * gain;
          const part = (index === 0 ? 0.9 : 0.1) / sizes.length;
          shifted += part * belief.weight * density(squares, brute.logDeterminant);
        }
      }
    }
    expect(follower.evidence()).toBeCloseTo(Math.log(shifted / still), 7);
  });

  test("its effect is that of least squares, weighed by the beliefs, with Student's variance", () => {
    const each = known.map(({ belief, brute }) => {
      const { score, information } = brute.shifted(0);
      const left = brute.squares - score ** 2 / information;
      return {
        weight: belief.weight * density(left, brute.logDeterminant),
        effect: score / information,
        variance: (noise.alikeness + left) / (noise.alikeness + 2 * values.length - 1) / information,
      };
    });
    const all = each.reduce((sum, { weight }) => sum + weight, 0);
    const mean = each.reduce((sum, { weight, effect }) => sum + (weight / all) * effect, 0);
    const spread = each.reduce(
      (sum, { weight, effect, variance }) => sum + (weight / all) * (variance + (effect - mean) ** 2),
      0,
    );
    const { effect, error } = follower.estimate();
    expect(effect).toBeCloseTo(mean, 9);
    expect(error).toBeCloseTo(Math.sqrt(spread), 9);
  });

  test("knows nothing before the first window", () => {
    const fresh = follow(noise, { sizes, laterStarts: 0 });
    fresh.skip();
    expect(fresh.evidence()).toBe(Number.NEGATIVE_INFINITY);
    expect(fresh.estimate().error).toBe(Number.POSITIVE_INFINITY);
    expect(fresh.windows()).toBe(0);
  });

  test("where the level is not known, both arms exchanged give the other sign", () => {
    const unknown = { ...noise, levelSpread: Number.POSITIVE_INFINITY };
    const forth = follow(unknown, { sizes, laterStarts: 0 });
    const back = follow(unknown, { sizes, laterStarts: 0 });
    for (const [, baseline, candidate, left, right] of values) {
      forth.add(baseline, candidate, left, right);
      back.add(candidate, baseline, right, left);
    }
    expect(back.estimate().effect).toBeCloseTo(-forth.estimate().effect, 3);
    expect(back.estimate().error).toBeCloseTo(forth.estimate().error, 3);
  });
});

/** A rollout as the follower believes them to be, its level and its loudness drawn as well. */
function rolloutOf(random: Random, windows: number): [number, number][] {
  const belief = random.uniform() < (usual?.weight ?? 1) ? usual : unlike;
  const scale = 1 / Math.sqrt(random.gamma(noise.alikeness / 2) / (noise.alikeness / 2));
  const wave = (deviation: number, correlation: number) => {
    let at = random.normal();
    return (): number => {
      const value = scale * deviation * at;
      at = correlation * at + Math.sqrt(1 - correlation ** 2) * random.normal();
      return value;
    };
  };
  const level = (belief?.level ?? 0) + scale * Math.sqrt(belief?.levelVariance ?? 0) * random.normal();
  const shared = wave(belief?.shared ?? 0, belief?.correlation ?? 0);
  const own = [0, 1].map(() => ({
    lasting: (scale * noise.lasting * random.normal()) / Math.SQRT2,
    drift: wave(noise.drift / Math.SQRT2, noise.driftCorrelation),
  }));
  return Array.from({ length: windows }, () => {
    const middle = level + shared();
    const [left = 0, right = 0] = own.map(
      ({ lasting, drift }) =>
        middle + lasting + drift() + (scale * noise.scatter * random.normal()) / Math.SQRT2,
    );
    return [left, right];
  });
}

test("without an effect the evidence is expected to be 1 at most, and no boundary is crossed more often than Ville says", () => {
  const random = seeded(11);
  const runs = 4000;
  const found: number[] = [];
  let crossed = 0;
  for (let run = 0; run < runs; run++) {
    const follower = follow(noise, { sizes: [0.03, 0.06], laterStarts: 0 });
    let highest = Number.NEGATIVE_INFINITY;
    for (const [baseline, candidate] of rolloutOf(random, 10)) {
      follower.add(baseline, candidate, 0, 0);
      highest = Math.max(highest, follower.evidence());
    }
    found.push(Math.exp(follower.evidence()));
    if (highest >= Math.log(3)) crossed += 1;
  }
  const mean = found.reduce((sum, value) => sum + value, 0) / runs;
  const error = Math.sqrt(found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / runs / runs);
  expect(error).toBeLessThan(0.02);
  expect(mean).toBeLessThan(1 + 4 * error);
  expect(mean).toBeGreaterThan(0.5);
  expect(crossed / runs).toBeLessThan(1 / 3);
});
