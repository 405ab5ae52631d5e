import type { Measurements, MetricSeries } from "./measurements.ts";

/** The same with one window more, which is as the last one: what the next will be like before anybody knows. */
export function oneMore(measurements: Measurements): Measurements {
  const metrics = Object.entries(measurements.metrics).map(([name, series]): [string, MetricSeries] => [
    name,
    longer(series),
  ]);
  return { ...measurements, metrics: Object.fromEntries(metrics) };
}

function longer(series: MetricSeries): MetricSeries {
  switch (series.kind) {
    case "ratio": {
      const { baseline, candidate } = series;
      const counts = ({ total, bad }: typeof baseline) => ({ total: repeated(total), bad: repeated(bad) });
      return { ...series, baseline: counts(baseline), candidate: counts(candidate) };
    }
    case "gauge":
      return { ...series, baseline: repeated(series.baseline), candidate: repeated(series.candidate) };
    case "histogram":
      return { ...series, baseline: repeated(series.baseline), candidate: repeated(series.candidate) };
  }
}

function repeated<Value>(values: readonly Value[]): Value[] {
  return [...values, ...values.slice(-1)];
}
