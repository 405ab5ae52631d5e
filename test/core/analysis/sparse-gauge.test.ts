import { describe, expect, it } from "vitest";
import { analyze } from "../../../core/analysis/analyze.ts";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { nothingLearnt, referenceOf } from "../../../core/analysis/learnt.ts";
import type { Measurements, MetricSeries } from "../../../core/analysis/measurements.ts";
import type { MetricPolicy } from "../../../core/analysis/metric-policy.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import { seeded } from "../../../core/stats/random.ts";

/** A gauge that is zero most of the time, such as a queue or restarts, without a history. */

const metric = (name: string, worse: MetricPolicy["worse"], kind: MetricSeries["kind"]): MetricPolicy => ({
  ...defaultMetric(name, worse, kind),
  scale: "linear",
  margin: { relative: 0.1 },
});
const policy = analysisPolicyOf({}, metric);
const sequential = analyzer(policy, nothingLearnt);

type Bursts = { often: number; mean: number; windows: number; rise?: number; from?: number };

function rolloutOf({ often, mean, windows, rise = 0, from = 0 }: Bursts, seed: number): Measurements {
  const random = seeded(seed);
  const burst = (): number => (random.uniform() < often ? -mean * Math.log(random.uniform()) : 0);
  const arm = (added: number): number[] =>
    Array.from({ length: windows }, (_, window) =>
      window < from ? burst() : burst() + added * (0.8 + 0.4 * random.uniform()),
    );
  const baseline = arm(0);
  const candidate = arm(rise * mean);
  return {
    id: `r ${seed}`,
    window_seconds: 120,
    metrics: { queue: { kind: "gauge", worse: "higher", baseline, candidate } },
  };
}

function takenBack(bursts: Bursts, rollouts: number): { share: number; windows: number } {
  const at = Array.from({ length: rollouts }, (_, seed) => sequential.judge(rolloutOf(bursts, 5000 + seed)))
    .filter(({ verdict }) => verdict === "rollback")
    .map(({ atWindow }) => atWindow)
    .sort((left, right) => left - right);
  return { share: at.length / rollouts, windows: at[Math.floor(at.length / 2)] ?? Number.POSITIVE_INFINITY };
}

describe("a gauge that is mostly zero, and that nobody knows", () => {
  it.each([
    [0.03, 30],
    [0.1, 30],
    [0.2, 15],
    [0.2, 30],
    [0.14, 60],
    [0.4, 30],
    [1, 30],
  ])(
    "that bursts in both arms alike, in %d of %i windows, is taken back in 5 % at most",
    (often, windows) => {
      // Eleven or more of 120 have a chance of one in thirty where the rate is five percent.
      expect(takenBack({ often, mean: 5, windows }, 120).share).toBeLessThan(11 / 120);
    },
  );

  it.each([0.01, 1000])("is judged alike whatever its size is: %d", (mean) => {
    const bursts = { often: 0.2, windows: 24 };
    expect(takenBack({ ...bursts, mean }, 40)).toEqual(takenBack({ ...bursts, mean: 1 }, 40));
  });

  it.each([
    [0, 0, 5, 8],
    [0.1, 0, 5, 10],
    [0.4, 0, 5, 12],
    [0.4, 10, 20, 18],
  ])(
    "that bursts in %d of the windows and from window %i on lies %i times as high, is taken back",
    (often, from, rise, soon) => {
      const { share, windows } = takenBack({ often, mean: 5, windows: 30, rise, from }, 40);
      expect(share).toBeGreaterThan(0.9);
      expect(windows).toBeLessThanOrEqual(soon);
    },
  );

  it("has its effect in its own unit", () => {
    const rollout = rolloutOf({ often: 0, mean: 50, windows: 12, rise: 2 }, 1);
    const document = analyze(
      rollout,
      sequential,
      { policy, learnt: nothingLearnt },
      { baseline: { kind: "given", sentence: "" }, warnings: [] },
    );
    const [queue] = document.metrics;
    expect(queue?.effect?.estimate).toBeGreaterThan(70);
    expect(queue?.effect?.estimate).toBeLessThan(130);
  });
});

describe("the usual size of a gauge on the linear scale", () => {
  const of = (baseline: (number | null)[], candidate: (number | null)[], windows?: number) =>
    referenceOf({ kind: "gauge", worse: "higher", baseline, candidate }, { scale: "linear" }, windows);

  it.each<[string, (number | null)[], (number | null)[], number | undefined]>([
    ["the baseline's, where most of its windows are not zero", [4, -6, 0], [90, 90, 90], 5],
    ["that of both arms' windows that are not zero, where most are", [0, 0, 8, null], [0, 2, 0, null], 5],
    ["the candidate's, where the baseline has none", [0, 0], [3, 3], 3],
    ["unknown where all are zero", [0, 0, null], [0, null, 0], undefined],
    ["unknown where nothing was measured", [null], [null], undefined],
  ])("is %s", (_, baseline, candidate, size) => {
    expect(of(baseline, candidate)).toBe(size);
  });

  it("is that of the windows until now", () => {
    expect(of([2, 2, 80, 80, 80], [0], 2)).toBe(2);
  });
});
