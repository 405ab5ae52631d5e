import { expect, test } from "vitest";
import { readMeasurements } from "../../../core/analysis/read-measurements.ts";

const gauge = { kind: "gauge", worse: "higher", baseline: [1], candidate: [2] };
const head = { id: "a", window_seconds: 60 };

test.each<[string, unknown, string]>([
  ["the metric", { ...head, metrics: { latency: { ...gauge, candidate: ["2"] } } }, "metrics.latency"],
  ["a metric that is none", { ...head, metrics: { latency: 7 } }, "f:1: metrics.latency: "],
  ["what is missing", head, "f:1: metrics is missing. docs/analyze.md shows the form."],
  [
    "what is misspelt",
    { ...head, metric: { latency: gauge } },
    'f:1: metrics is missing; did you mean it by "metric"? docs/analyze.md shows the form.',
  ],
  ["a value of another kind", { ...head, id: 7, metrics: {} }, "f:1: id: "],
  ["a document that is none", [], "f:1: Invalid input"],
])("errors name %s", (_, document, message) => {
  expect(() => readMeasurements(JSON.stringify(document), "f:1")).toThrow(message);
});
