import { expect, it } from "vitest";
import type { Measurements } from "../../../core/analysis/measurements.ts";
import { oneMore } from "../../../core/analysis/one-more.ts";

it("the next window is taken to be like the last", () => {
  const counts = { total: [1, 2], bad: [0, null] };
  const buckets = { bounds: [1], counts: [3, 4] };
  const measured: Measurements = {
    id: "x",
    window_seconds: 60,
    metrics: {
      errors: { kind: "ratio", worse: "higher", baseline: counts, candidate: { total: [], bad: [] } },
      load: { kind: "gauge", worse: "higher", baseline: [1, null], candidate: [2, 3] },
      times: { kind: "histogram", worse: "higher", baseline: [null, buckets], candidate: [null, null] },
    },
  };
  expect(oneMore(measured)).toEqual({
    ...measured,
    metrics: {
      errors: {
        kind: "ratio",
        worse: "higher",
        baseline: { total: [1, 2, 2], bad: [0, null, null] },
        candidate: { total: [], bad: [] },
      },
      load: { kind: "gauge", worse: "higher", baseline: [1, null, null], candidate: [2, 3, 3] },
      times: {
        kind: "histogram",
        worse: "higher",
        baseline: [null, buckets, buckets],
        candidate: [null, null, null],
      },
    },
  });
});
