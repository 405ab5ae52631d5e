import { expect, test } from "vitest";
import type { MetricSeries } from "../../../core/analysis/measurements.ts";
import { oddMeasurements } from "../../../core/analysis/odd-measurements.ts";

const ratio = (total: (number | null)[], bad: (number | null)[]): MetricSeries => ({
  kind: "ratio",
  worse: "higher",
  baseline: { total: [100, 100, 100], bad: [1, 1, 1] },
  candidate: { total, bad },
});
const said = (series: MetricSeries) => oddMeasurements({ metrics: { errors: series } });

test("nothing is odd about gaps", () => {
  expect(said(ratio([10, null, 0], [1, null, 0]))).toEqual([]);
});

test("counts that cannot be are said, with their windows", () => {
  expect(said(ratio([10, 10, 10], [20, -1, 0]))).toEqual([
    "errors has 2 windows with counts that cannot be (more bad events than events, below zero, or more than can be counted): windows 1 and 2, left out.",
  ]);
  // A store extrapolates, so that bad events may pass all events by a little.
  expect(said(ratio([10, 10, 10], [11, 1, 0]))).toEqual([]);
});

test.each<[string, MetricSeries, string | undefined]>([
  ["events", ratio([10, 1e308, 10], [1, 1, 1]), "counts that cannot be"],
  ["a gauge", gaugeOf(1e308), "values so large that they cannot be"],
  ["a gauge below zero", gaugeOf(-1), undefined],
  ["buckets", bucketsOf(1e308), "more events than can be counted"],
  ["buckets beyond the last edge", bucketsOf(0), undefined],
])("%s beyond all counting are said", (_, series, words) => {
  expect(said(series)).toEqual(
    words === undefined ? [] : [expect.stringContaining(`1 window with ${words}`)],
  );
});

function gaugeOf(value: number): MetricSeries {
  return { kind: "gauge", worse: "higher", baseline: [1, 1], candidate: [1, value] };
}

function bucketsOf(count: number): MetricSeries {
  const buckets = { bounds: [1], counts: [count, 5] };
  return { kind: "histogram", worse: "higher", baseline: [buckets], candidate: [null] };
}

test("arms of unequal length are said", () => {
  expect(said(ratio([10, 10], [1, 1]))).toEqual([
    "errors has windows of unequal number: baseline.total 3, baseline.bad 3, candidate.total 2 and candidate.bad 2. What is not there counts as not measured.",
  ]);
  expect(said({ kind: "gauge", worse: "higher", baseline: [1], candidate: [] })).toEqual([
    "errors has windows of unequal number: baseline 1 and candidate 0. What is not there counts as not measured.",
  ]);
});
