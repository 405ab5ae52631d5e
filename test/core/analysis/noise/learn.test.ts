import { describe, expect, test } from "vitest";
import { boundaryOf } from "../../../../core/analysis/noise/boundary.ts";
import { learnNoise, type PastRollout } from "../../../../core/analysis/noise/learn.ts";
import { defaultNoise, type Noise } from "../../../../core/analysis/noise/noise.ts";
import { simulate } from "../../../../core/analysis/noise/simulate.ts";
import { type Random, seeded } from "../../../../core/stats/random.ts";

const truth = {
  lasting: 0.06,
  drift: 0.1,
  driftCorrelation: 0.6,
  scatter: 0.08,
  shared: 0.12,
  level: 5.3,
  levelSpread: 0.1,
};
const target = Math.log(1.2);

function pastRollout(random: Random, windows: number, effect = 0, rolledBack = false): PastRollout {
  const wave = (deviation: number, correlation: number) => {
    let at = random.normal();
    return (): number => {
      at = correlation * at + Math.sqrt(1 - correlation ** 2) * random.normal();
      return deviation * at;
    };
  };
  const level = truth.level + truth.levelSpread * random.normal();
  const lasting = truth.lasting * random.normal();
  const [shared, left, right] = [
    wave(truth.shared, 0.8),
    wave(truth.drift / Math.SQRT2, truth.driftCorrelation),
    wave(truth.drift / Math.SQRT2, truth.driftCorrelation),
  ];
  const own = (): number => (truth.scatter / Math.SQRT2) * random.normal();
  const made: PastRollout = {
    baseline: new Float64Array(windows),
    baselineSampling: new Float64Array(windows),
    differences: new Float64Array(windows),
    samplings: new Float64Array(windows),
    rolledBack,
  };
  for (let window = 0; window < windows; window++) {
    const middle = level + shared();
    const baseline = middle + left() + own() - lasting / 2;
    made.baseline[window] = baseline;
    made.differences[window] = middle + right() + own() + lasting / 2 + effect - baseline;
  }
  return made;
}

function historyOf(seed: number, rollouts: number, windows = 30): PastRollout[] {
  const random = seeded(seed);
  return Array.from({ length: rollouts }, () => pastRollout(random, windows));
}

const clean = historyOf(1, 80);
const learnt = learnNoise("gauge", 120, clean, target);
const factor = (found: number, right: number): number => Math.max(found / right, right / found);

function boundaryUnder(noise: Noise): number {
  const shifts = { sizes: [0.4, 0.8, 1.5].map((part) => part * target), laterStarts: 0 };
  const path = [{ baseline: 0, candidate: 0 }];
  return boundaryOf({ noise, path, windows: 12, shifts, starts: new Set(), falseAlarms: 0.02 }).worse;
}

describe("noise is learnt", () => {
  test("and is that which made the rollouts", () => {
    expect(learnt.rollouts).toBe(80);
    expect(factor(learnt.lasting, truth.lasting)).toBeLessThan(1.35);
    expect(factor(learnt.drift, truth.drift)).toBeLessThan(1.35);
    expect(factor(learnt.scatter, truth.scatter)).toBeLessThan(1.35);
    expect(Math.abs(learnt.driftCorrelation - truth.driftCorrelation)).toBeLessThan(0.2);
    expect(Math.abs(learnt.level - truth.level)).toBeLessThan(0.06);
    expect(factor(learnt.levelSpread, truth.levelSpread)).toBeLessThan(1.8);
  });

  test("with weights of what lasts that sum to one", () => {
    const sum = learnt.lastingLikely.reduce((all, { weight }) => all + weight, 0);
    expect(sum).toBeCloseTo(1, 3);
  });

  test("few rollouts, or few windows, leave the default as it is", () => {
    expect(learnNoise("gauge", 120, historyOf(2, 4), target)).toEqual(defaultNoise("gauge", 120));
    expect(learnNoise("gauge", 120, historyOf(2, 10, 5), target)).toEqual(defaultNoise("gauge", 120));
  });

  test("windows that nobody measured change nothing", () => {
    const padded = clean.map((rollout) => ({
      ...rollout,
      differences: Float64Array.from([...rollout.differences, Number.NaN, Number.NaN]),
      baseline: Float64Array.from([...rollout.baseline, Number.NaN, Number.NaN]),
    }));
    expect(learnNoise("gauge", 120, padded, target).lasting).toBeCloseTo(learnt.lasting, 6);
  });
});

describe("a history with effects in it does not lift the boundaries", () => {
  const random = seeded(5);
  const harmed = [...clean];
  for (let index = 0; index < 8; index++) harmed[index * 10] = pastRollout(random, 30, target, true);
  const marked = learnNoise("gauge", 120, harmed, target);

  test("where a tenth was taken back and says so", () => {
    expect(marked.lasting / learnt.lasting).toBeLessThan(1.25);
    expect(marked.lasting / learnt.lasting).toBeGreaterThan(0.8);
  });

  test("and more so than where it is not said", () => {
    const unmarked = learnNoise(
      "gauge",
      120,
      harmed.map((rollout) => ({ ...rollout, rolledBack: false })),
      target,
    );
    expect(unmarked.lasting).toBeGreaterThan(marked.lasting);
    expect(unmarked.lasting / learnt.lasting).toBeLessThan(1.6);
  });

  test("cut short where they look bad, the rest still teaches the same", () => {
    const cut = clean.map((rollout) => {
      const first = rollout.differences.subarray(0, 8);
      const high = first.reduce((sum, value) => sum + value, 0) / 8 > 0.1;
      if (!high) return rollout;
      const { baseline, baselineSampling, differences, samplings } = rollout;
      return {
        rolledBack: false,
        baseline: baseline.slice(0, 8),
        baselineSampling: baselineSampling.slice(0, 8),
        differences: differences.slice(0, 8),
        samplings: samplings.slice(0, 8),
      };
    });
    expect(factor(learnNoise("gauge", 120, cut, target).lasting, learnt.lasting)).toBeLessThan(1.3);
  });

  test("the boundary itself moves little", () => {
    expect(Math.abs(boundaryUnder(marked) - boundaryUnder(learnt))).toBeLessThan(0.6);
  });
});

test("a boundary keeps its rate on rollouts with another seed", () => {
  const question = {
    noise: learnt,
    path: [{ baseline: 0, candidate: 0 }],
    windows: 12,
    shifts: { sizes: [0.4, 0.8, 1.5].map((part) => part * target), laterStarts: 0 },
    starts: new Set<number>(),
  };
  const falseAlarms = 0.05;
  const { worse } = boundaryOf({ ...question, falseAlarms });
  const runs = 4000;
  let crossed = 0;
  simulate({ ...question, runs, seed: 99 }, ({ evidence }) => {
    if ((evidence[11] ?? 0) >= worse) crossed += 1;
  });
  const spread = Math.sqrt(falseAlarms * (1 - falseAlarms) * (1 / runs + 1 / 6000));
  expect(crossed / runs).toBeLessThan(falseAlarms + 3.5 * spread);
  expect(crossed / runs).toBeGreaterThan(falseAlarms / 3);
});
