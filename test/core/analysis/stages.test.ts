import { describe, expect, it } from "vitest";
import { defaultMetric } from "../../../core/analysis/default-metric.ts";
import type { MetricSeries } from "../../../core/analysis/measurements.ts";
import { stagesOf } from "../../../core/analysis/stages.ts";

const boundary = { worse: 4, marginal: 2, reach: 2 };
const gauge = (values: (number | null)[]): MetricSeries => ({
  kind: "gauge",
  worse: "higher",
  baseline: values,
  candidate: values,
});

describe("what holds of noise and boundary", () => {
  const stages = (values: (number | null)[], steps: number[], scale: "log" | "linear") =>
    stagesOf(
      gauge(values),
      { ...defaultMetric("queue", "higher", "gauge"), scale },
      values.length,
      undefined,
      120,
      steps,
      () => boundary,
    ).map((stage) => [stage.from, stage.boundary.worse]);

  it("is looked at again with twice the windows, and at every step", () => {
    const values = new Array<number>(20).fill(5);
    expect(stages(values, [0], "log").map(([from]) => from)).toEqual([0, 1, 3, 7, 15]);
    expect(stages(values, [0, 5, 7, 12, 40], "log").map(([from]) => from)).toEqual([0, 1, 3, 5, 7, 12, 15]);
  });

  it("asks for more until eight windows told how loud a gauge is; those that are zero in both arms do not", () => {
    const bursts = Array.from({ length: 20 }, (_, window) => (window % 2 === 0 ? 3 : 0));
    expect(stages(new Array<number>(20).fill(3), [], "linear")).toEqual([
      [0, 200],
      [1, 200],
      [3, 200],
      [7, 4],
      [15, 4],
    ]);
    expect(stages(bursts, [], "linear")).toEqual([
      [0, 200],
      [1, 200],
      [3, 200],
      [7, 200],
      [9, 200],
      [11, 200],
      [13, 200],
      [15, 4],
    ]);
  });
});
