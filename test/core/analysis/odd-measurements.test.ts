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
    "errors has 2 windows with counts that cannot be (more bad events than events, or below zero): windows 1 and 2, left out.",
  ]);
  // A store extrapolates, so that bad events may pass all events by a little.
  expect(said(ratio([10, 10, 10], [11, 1, 0]))).toEqual([]);
});

test("arms of unequal length are said", () => {
  expect(said(ratio([10, 10], [1, 1]))).toEqual([
    "errors has windows of unequal number: baseline.total 3, baseline.bad 3, candidate.total 2 and candidate.bad 2. What is not there counts as not measured.",
  ]);
  expect(said({ kind: "gauge", worse: "higher", baseline: [1], candidate: [] })).toEqual([
    "errors has windows of unequal number: baseline 1 and candidate 0. What is not there counts as not measured.",
  ]);
});
