import { describe, expect, test } from "vitest";
import type { MetricSeries } from "../../../../core/analysis/measurements.ts";
import { nothingWatched, watchWindow } from "../../../../core/analysis/rules/guardrails.ts";
import { ofBaseline, ofCandidate, shareBounds } from "../../../../core/analysis/rules/readings.ts";
import { suppliedBy } from "../../../../core/analysis/rules/supplied.ts";
import { seeded } from "../../../../core/stats/random.ts";
import { rulesOf, windowAt } from "./rollout.ts";

const shown = (value: unknown): unknown => JSON.parse(JSON.stringify(value ?? null));
const at = { window: 0, windowSeconds: 120, unit: "seconds" } as const;
const ratio = (candidate: [number, number][], baseline: [number, number][]) =>
  ({
    kind: "ratio",
    worse: "higher",
    candidate: { total: candidate.map(([total]) => total), bad: candidate.map(([, bad]) => bad) },
    baseline: { total: baseline.map(([total]) => total), bad: baseline.map(([, bad]) => bad) },
  }) as const;
const twice = rulesOf('rule "r": when canary.error_rate > 2x_baseline for 3m then rollback');

describe("what a metric supplies", () => {
  test("of counts is what is sure of their share", () => {
    const series = ratio([[1000, 50]], [[1000, 10]]);
    expect(suppliedBy(series, "canary.error_rate", at)).toEqual({
      candidate: shareBounds({ total: 1000, bad: 50 }),
      baseline: shareBounds({ total: 1000, bad: 10 }),
    });
    expect(suppliedBy(series, "canary.requests_per_second", at)).toEqual({
      canary: 1000 / 120,
      baseline: 1000 / 120,
    });
  });

  test("of the candidate is at the least, of the baseline that it is compared with at the most", () => {
    const measured = (name: string) => suppliedBy(ratio([[1000, 50]], [[1000, 10]]), name, at);
    const own = shareBounds({ total: 1000, bad: 50 });
    const other = shareBounds({ total: 1000, bad: 10 });
    expect(ofCandidate(measured)("canary.error_rate")).toEqual({
      canary: own?.mildest,
      baseline: other?.gravest,
    });
    expect(ofCandidate(measured)("canary.success_rate")).toEqual({
      canary: 1 - (own?.mildest ?? 0),
      baseline: 1 - (other?.gravest ?? 0),
    });
    expect(ofBaseline(measured)("canary.error_rate")).toBe(other?.mildest);
    expect(ofBaseline(measured)("canary.success_rate")).toBe(1 - (other?.mildest ?? 0));
    expect(own?.mildest).toBeLessThan(0.05);
    expect(other?.gravest).toBeGreaterThan(0.01);
  });

  test("of a histogram are the quantiles in milliseconds, with bounds; beyond the edges of one arm only", () => {
    const histogram = (counts: number[]) => [{ bounds: [0.1, 0.2], counts }];
    const series = (candidate: number[], baseline: number[]) =>
      ({
        kind: "histogram",
        worse: "higher",
        candidate: histogram(candidate),
        baseline: histogram(baseline),
      }) as const;
    const both = shown(suppliedBy(series([500, 500, 0], [900, 100, 0]), "canary.latency_p50", at));
    expect(both).toMatchObject({
      candidate: { mildest: expect.closeTo(94.8, 0), gravest: expect.closeTo(105.2, 0) },
    });
    const beyond = shown(suppliedBy(series([0, 0, 10], [0, 0, 10]), "canary.latency_p95", at));
    expect(beyond).toEqual({ candidate: { mildest: 200, gravest: 200 } });
    expect(suppliedBy(series([1, 1, 0], [1, 1, 0]), "canary.error_rate", at)).toBeUndefined();
  });

  test.each<[number | null, number | null, unknown]>([
    [2, 1, { canary: 2, baseline: 1 }],
    [2, null, { canary: 2 }],
    [null, 1, null],
  ])("of a gauge of %j and %j is %j", (candidate, baseline, expected) => {
    const series: MetricSeries = {
      kind: "gauge",
      worse: "higher",
      candidate: [candidate],
      baseline: [baseline],
    };
    expect(shown(suppliedBy(series, "canary.crash_loops", at))).toEqual(expected);
  });

  test("of a ratio that counts what is good are the errors, too", () => {
    const good: MetricSeries = { ...ratio([[1000, 950]], [[1000, 990]]), worse: "lower" };
    for (const name of ["canary.error_rate", "canary.success_rate"])
      expect(suppliedBy(good, name, at)).toEqual(suppliedBy(ratio([[1000, 50]], [[1000, 10]]), name, at));
  });

  test("is told as bounds, and what comes as it is as it is", () => {
    const series = ratio([[1000, 100]], [[1000, 10]]);
    const said = (rule: string) =>
      watchWindow(
        rulesOf(`rule "r": when ${rule} then hold`),
        windowAt(1, {}, { reading: (name) => suppliedBy(series, name, at) }),
      ).answers()[0]?.sentence;
    expect(said("canary.error_rate > 2x_baseline")).toBe(
      "Guardrail r applies (canary.error_rate > 2x_baseline): canary.error_rate is at least 8.55 % (baseline at most 1.67 %), since window 1, for 2m.",
    );
    expect(said("canary.success_rate < 95%")).toContain(
      "canary.success_rate is at most 91.5 % (baseline at least 98.3 %)",
    );
    expect(said("canary.requests_per_second > 1")).toContain(
      "canary.requests_per_second is 8.33 (baseline 8.33)",
    );
  });

  test("is nothing for a window that was not measured", () => {
    const series = ratio([[10, 1]], [[10, 1]]);
    const later = { ...at, window: 3 };
    expect(shown(suppliedBy(series, "canary.error_rate", later))).toEqual({});
    expect(suppliedBy(series, "canary.requests_per_second", later)).toBeUndefined();
    expect(ofCandidate((name) => suppliedBy(series, name, later))("canary.error_rate")).toBeUndefined();
  });
});

describe("a rule that is asked in every window does not take back what has no fault", () => {
  const random = seeded(7);
  const bad = (events: number, rate: number) => Math.min(events, random.poisson(events * rate));
  const rolledBack = (events: number, baseline: number, candidate: number): number => {
    const taken = Array.from({ length: 50 }, () => {
      const arm = (rate: number) =>
        Array.from({ length: 30 }, (): [number, number] => [events, bad(events, rate)]);
      const series = ratio(arm(candidate), arm(baseline));
      let state = nothingWatched;
      return Array.from({ length: 30 }, (_, window) => {
        const seen = watchWindow(
          twice,
          windowAt(window + 1, {}, { reading: (name) => suppliedBy(series, name, { ...at, window }) }),
          state,
        );
        state = seen.state;
        return seen.asked.some(({ action }) => action === "rollback");
      }).includes(true);
    });
    return taken.filter(Boolean).length / taken.length;
  };
  test.each([20, 200, 1000])("with %d requests a window and a hundredth of errors in both arms", (events) => {
    expect(rolledBack(events, 0.01, 0.01)).toBeLessThanOrEqual(0.02);
  });
  test("and does where there is one", () => expect(rolledBack(1000, 0.01, 0.06)).toBe(1));
});
