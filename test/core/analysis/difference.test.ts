import { describe, expect, test } from "vitest";
import { isPair, pairAt, shownOf, windowsOf } from "../../../core/analysis/difference.ts";
import type { MetricSeries } from "../../../core/analysis/measurements.ts";
import { rootMoments, rootOf } from "../../../core/analysis/root-moments.ts";
import { seeded } from "../../../core/stats/random.ts";

const log = { scale: "log" } as const;
const linear = { scale: "linear" } as const;
type Count = number | null;

function ratio(baseline: [Count, Count], candidate: [Count, Count]): MetricSeries {
  const arm = ([bad, total]: [Count, Count]) => ({ bad: [bad], total: [total] });
  return { kind: "ratio", worse: "higher", baseline: arm(baseline), candidate: arm(candidate) };
}

function gauge(baseline: Count, candidate: Count): MetricSeries {
  return { kind: "gauge", worse: "higher", baseline: [baseline], candidate: [candidate] };
}

const bounds = [0.1, 0.2, 0.4];
function histogram(baseline: number[] | null, candidate: number[] | null, quantile = 0.5): MetricSeries {
  const arm = (counts: number[] | null) => [counts && { bounds, counts }];
  return { kind: "histogram", worse: "higher", quantile, baseline: arm(baseline), candidate: arm(candidate) };
}

const whyOf = (series: MetricSeries, scale: typeof log | typeof linear = log, reference = 0.01) => {
  const pair = pairAt(series, 0, scale, reference);
  return isPair(pair) ? "pair" : pair.why;
};

describe("a window of counts", () => {
  test.each<[string, [Count, Count], [Count, Count], string]>([
    ["both arms", [1, 100], [2, 100], "pair"],
    ["nothing bad", [0, 100], [0, 100], "pair"],
    ["nothing measured", [null, null], [null, null], "missing"],
    ["bad without total", [1, null], [1, null], "missing"],
    ["one arm missing", [1, 100], [null, null], "one-sided"],
    ["one arm without traffic", [1, 100], [0, 0], "one-sided"],
    ["no traffic at all", [0, 0], [0, 0], "no-traffic"],
    ["no traffic and nothing", [0, 0], [null, null], "missing"],
    ["bad above total", [1, 100], [120, 100], "impossible"],
    ["negative bad", [-1, 100], [1, 100], "impossible"],
    ["negative total", [1, 100], [0, -5], "impossible"],
    ["NaN", [Number.NaN, 100], [1, 100], "impossible"],
    ["infinite total", [1, Number.POSITIVE_INFINITY], [1, 100], "impossible"],
    ["impossible beats missing", [7, 2], [null, null], "impossible"],
  ])("%s", (_, baseline, candidate, why) => {
    expect(whyOf(ratio(baseline, candidate))).toBe(why);
  });

  test("a rate that was extrapolated a little past its total is all of it", () => {
    const pair = pairAt(ratio([104, 100], [1, 100]), 0, log, 0.01);
    expect(shownOf(pair)).toEqual({ baseline: 1, candidate: 0.01 });
  });

  test("its variance is that of counting, and falls with the events", () => {
    const pair = pairAt(ratio([10, 1000], [10, 100_000]), 0, log, 0.01);
    if (!isPair(pair)) throw new Error("both arms were measured");
    expect(pair.baseline.sampling).toBeCloseTo(0.99 * rootMoments(10).variance, 12);
    expect(pair.candidate.sampling).toBeLessThan(pair.baseline.sampling / 90);
    expect(pair.baseline.events).toBe(1000);
    expect(pair.baseline.value).toBeCloseTo(2, 1);
  });
});

test("the scale of roots goes on as a logarithm, without a step and without a corner", () => {
  expect(rootOf(1)).toBe(2);
  expect(rootOf(4 + 1e-9) - rootOf(4)).toBeCloseTo(0.5e-9, 12);
  expect((rootOf(4.001) - rootOf(4)) / 0.001).toBeCloseTo(0.5, 2);
});

describe("a window of a gauge", () => {
  test.each<[string, Count, Count, "log" | "linear", string]>([
    ["both arms", 1, 2, "log", "pair"],
    ["zero has no logarithm", 0, 2, "log", "impossible"],
    ["zero is a value where values are compared as they are", 0, -2, "linear", "pair"],
    ["missing", null, null, "log", "missing"],
    ["one arm", 3, null, "log", "one-sided"],
    ["NaN", Number.NaN, 3, "log", "impossible"],
    ["infinite", 3, Number.NEGATIVE_INFINITY, "linear", "impossible"],
  ])("%s", (_, baseline, candidate, scale, why) => {
    expect(whyOf(gauge(baseline, candidate), scale === "log" ? log : linear)).toBe(why);
  });

  test("in other units the difference is the same", () => {
    const [seconds, milliseconds] = [1, 1000].map((unit) =>
      pairAt(gauge(0.2 * unit, 0.25 * unit), 0, log, 1),
    );
    if (!isPair(seconds) || !isPair(milliseconds)) throw new Error("both arms were measured");
    expect(milliseconds.candidate.value - milliseconds.baseline.value).toBeCloseTo(
      seconds.candidate.value - seconds.baseline.value,
      12,
    );
  });
});

describe("a window of a histogram", () => {
  test.each<[string, number[] | null, number[] | null, string]>([
    ["both arms", [5, 5, 0, 0], [0, 5, 5, 0], "pair"],
    ["missing", null, null, "missing"],
    ["one arm", [5, 5, 0, 0], null, "one-sided"],
    ["no events", [0, 0, 0, 0], [0, 0, 0, 0], "no-traffic"],
    ["a baseline beyond the last edge", [0, 0, 0, 9], [0, 5, 5, 0], "impossible"],
    ["a candidate beyond the last edge", [5, 5, 0, 0], [0, 0, 0, 9], "pair"],
  ])("%s", (_, baseline, candidate, why) => {
    expect(whyOf(histogram(baseline, candidate))).toBe(why);
  });

  test("beyond the last edge, the edge is shown", () => {
    expect(shownOf(pairAt(histogram([5, 5, 0, 0], [0, 0, 0, 9]), 0, log, 1)).candidate).toBe(0.4);
  });
});

test("a window that one arm alone has is a window", () => {
  expect(windowsOf({ kind: "gauge", worse: "higher", baseline: [1, 2, 3], candidate: [1] })).toBe(3);
  const series = ratio([1, 10], [1, 10]);
  expect(whyOf({ ...series })).toBe("pair");
  expect(isPair(pairAt(series, 5, log, 1))).toBe(false);
});

test.each([0.05, 0.5, 3, 12, 40])(
  "chance moves the root of %d expected events as it is said to",
  (expected) => {
    const random = seeded(5);
    const draws = 40_000;
    let sum = 0;
    let squares = 0;
    for (let draw = 0; draw < draws; draw++) {
      const root = rootOf((random.poisson(expected) + 0.375) / expected);
      sum += root;
      squares += root * root;
    }
    const mean = sum / draws;
    const { bias, variance } = rootMoments(expected);
    const error = Math.sqrt(variance / draws);
    expect(Math.abs(mean - 2 - bias)).toBeLessThan(5 * error);
    expect(squares / draws - mean * mean).toBeGreaterThan(0.95 * variance);
    expect(squares / draws - mean * mean).toBeLessThan(1.05 * variance);
  },
);

describe("what is beyond all measure", () => {
  test("is no window, of whatever kind", () => {
    expect(whyOf(ratio([1, 1e308], [1, 100]))).toBe("impossible");
    expect(whyOf(ratio([1e300, 1e308], [1e300, 1e308]))).toBe("impossible");
    expect(whyOf(ratio([1, 2 ** 53 - 1], [1, 100]))).toBe("pair");
    expect(whyOf(gauge(1, 1e308))).toBe("impossible");
    expect(whyOf(gauge(-1e100, 1), linear)).toBe("impossible");
    expect(whyOf(histogram([1e308, 1e308, 0, 0], [1, 1, 0, 0]))).toBe("impossible");
    expect(whyOf(histogram([1, 1, 0, 0], [0, 1e16, 0, 0]))).toBe("impossible");
  });

  test.each([1e2, 1e6, 1e99])(
    "but %d times as much is as bad as a hundred times, and shown as it is",
    (times) => {
      for (const [baseline, candidate] of [
        [1, times],
        [times, 1],
      ] as const) {
        const pair = pairAt(gauge(baseline, candidate), 0, log, 1);
        if (!isPair(pair)) throw new Error("no pair");
        expect(Math.abs(pair.candidate.value - pair.baseline.value)).toBeCloseTo(Math.log(100));
        expect(shownOf(pair)).toEqual({ baseline, candidate });
      }
    },
  );
});
