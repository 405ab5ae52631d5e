import * as fc from "fast-check";
import { expect, test } from "vitest";
import { analyze } from "../../../core/analysis/analyze.ts";
import { analyzer } from "../../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import { isPair, pairAt, windowsOf } from "../../../core/analysis/difference.ts";
import { nothingLearnt } from "../../../core/analysis/learnt.ts";
import type { Measurements, MetricSeries } from "../../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../../core/analysis/policy-of.ts";
import { verdict } from "../../../core/analysis/verdict.ts";

/** Whatever was measured: a document that fits its shape, and no promotion that nobody measured. */

const healthyWindows = 2;
const sequential = { ...analysisPolicyOf({}, defaultMetric), healthyWindows };
const kayenta = { ...sequential, kayenta: { pass: 95, marginal: 75 } };
const judge = analyzer(sequential, nothingLearnt);
const baseline = { kind: "given", sentence: "Both arms stand in the recording." } as const;

const mostWindows = 6;
const figure = fc.option(
  fc.oneof(
    fc.constantFrom(
      0,
      1,
      -1,
      1e-300,
      1e15,
      1e300,
      Number.MAX_VALUE,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1e-12,
    ),
    fc.double({ min: 0, max: 1000, noNaN: true }),
    fc.constantFrom(100, 1000),
  ),
);
const windows = fc.array(figure, { maxLength: mostWindows });
const counts = fc.record({ total: windows, bad: windows });
const buckets = fc.option(
  fc.record({
    bounds: fc.constantFrom<number[]>([0.1, 0.2, 0.5], [1], [], [1, Number.POSITIVE_INFINITY]),
    counts: fc.array(fc.oneof(fc.nat(500), fc.constantFrom(1e300, 0, 0.5)), { maxLength: 5 }),
  }),
);
const worse = fc.constantFrom("higher", "lower", "either");
const arms = <Value>(arm: fc.Arbitrary<Value>) => ({ worse, baseline: arm, candidate: arm });
const series: fc.Arbitrary<MetricSeries> = fc.oneof(
  fc.record({ kind: fc.constant("ratio"), ...arms(counts) }),
  fc.record({ kind: fc.constant("gauge"), ...arms(windows) }),
  fc.record({ kind: fc.constant("histogram"), ...arms(fc.array(buckets, { maxLength: mostWindows })) }),
);
const rollouts: fc.Arbitrary<Measurements> = fc.record({
  id: fc.constant("any"),
  window_seconds: fc.constant(120),
  metrics: fc.dictionary(fc.constantFrom("errors", "latency_ms", "__proto__", "load"), series, {
    maxKeys: 2,
    noNullPrototype: true,
  }),
});

function pairsOf(one: MetricSeries): number {
  return Array.from({ length: windowsOf(one) }, (_, window) =>
    pairAt(one, window, { scale: "log" }, 1),
  ).filter(isPair).length;
}

test.each([
  ["ours", sequential, 50],
  ["Kayenta's", kayenta, 150],
] as const)("%s", (_, policy, numRuns) => {
  fc.assert(
    fc.property(rollouts, fc.constantFrom<number[]>([], [0, 3]), (measured, steps) => {
      const found = analyze(measured, judge, { policy, learnt: nothingLearnt }, { baseline }, { steps });
      // The shape has no number that is NaN or infinite.
      expect(verdict.safeParse(found).error).toBeUndefined();
      if (found.verdict !== "promote") return;
      const all = Object.values(measured.metrics);
      expect(all.length).toBeGreaterThan(0);
      for (const one of all) expect(pairsOf(one)).toBeGreaterThanOrEqual(healthyWindows);
    }),
    { numRuns, seed: 4 },
  );
});

test.each([
  ["ours", sequential],
  ["Kayenta's", kayenta],
] as const)("%s of values near the largest number has an effect of numbers, or none", (_, policy) => {
  const counts = { total: new Array<number>(20).fill(1e308), bad: new Array<number>(20).fill(1e307) };
  const values = new Array<number>(20).fill(1e308);
  const metrics: Measurements["metrics"] = {
    errors: { kind: "ratio", worse: "higher", baseline: counts, candidate: counts },
    load: { kind: "gauge", worse: "higher", baseline: values, candidate: values },
  };
  const measured = { id: "large", window_seconds: 120, metrics };
  const found = analyze(measured, judge, { policy, learnt: nothingLearnt }, { baseline });
  expect(verdict.safeParse(found).error).toBeUndefined();
  // Their sums are infinite, and nothing is a share of those.
  expect(found.metrics.find(({ name }) => name === "errors")?.effect).toBeNull();
});

const calm = Array.from({ length: 8 }, (_, window) => 200 + (window % 3));
const measuredOf = (unit: number): Measurements => ({
  id: "scale",
  window_seconds: 120,
  metrics: {
    latency: {
      kind: "gauge",
      worse: "higher",
      baseline: calm.map((value) => value * unit),
      candidate: calm.map((value) => value * unit * 1.02),
    },
  },
});

test("in milliseconds or in seconds, the verdict and its effect are the same", () => {
  const [milliseconds, seconds] = [1, 0.001].map((unit) =>
    analyze(measuredOf(unit), judge, { policy: sequential, learnt: nothingLearnt }, { baseline }),
  );
  expect(seconds?.verdict).toBe(milliseconds?.verdict);
  const [left, right] = [milliseconds, seconds].map((found) => found?.metrics[0]);
  expect(right?.effect?.estimate).toBeCloseTo(left?.effect?.estimate ?? Number.NaN, 6);
  expect(right?.evidence.value).toBeCloseTo(left?.evidence.value ?? Number.NaN, 6);
});
