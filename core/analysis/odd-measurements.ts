import { counted, grouped, listed } from "../render/numbers.ts";
import { isPair, isUncountable, pairAt, windowsOf } from "./difference.ts";
import type { Measurements, MetricSeries } from "./measurements.ts";

/** What is odd about measurements that can still be judged: windows that cannot be, and arms of unequal length. */
export function oddMeasurements({ metrics }: Pick<Measurements, "metrics">): string[] {
  return Object.entries(metrics).flatMap(([name, series]) => [
    ...unequalArms(name, series),
    ...impossibleCounts(name, series),
  ]);
}

function unequalArms(name: string, series: MetricSeries): string[] {
  const lengths =
    series.kind === "ratio"
      ? [series.baseline, series.candidate].flatMap(({ total, bad }) => [total.length, bad.length])
      : [series.baseline.length, series.candidate.length];
  if (new Set(lengths).size === 1) return [];
  const parts = series.kind === "ratio" ? ratioParts : arms;
  const said = parts.map((part, index) => `${part} ${grouped(lengths[index] ?? 0)}`);
  return [
    `${name} has windows of unequal number: ${listed(said)}. What is not there counts as not measured.`,
  ];
}

const arms = ["baseline", "candidate"];
const ratioParts = arms.flatMap((arm) => [`${arm}.total`, `${arm}.bad`]);

const mostNamed = 5;

function impossibleCounts(name: string, series: MetricSeries): string[] {
  const found: number[] = [];
  for (let window = 0; window < windowsOf(series); window++)
    if (isImpossible(series, window)) found.push(window + 1);
  if (found.length === 0) return [];
  const shown = found.slice(0, mostNamed).map(grouped);
  if (found.length > mostNamed) shown.push(`${grouped(found.length - mostNamed)} more`);
  const windows = found.length === 1 ? "window" : "windows";
  return [
    `${name} has ${counted(found.length, "window")} with ${cannotBe[series.kind]}: ${windows} ${listed(shown)}, left out.`,
  ];
}

const cannotBe = {
  ratio: "counts that cannot be (more bad events than events, below zero, or more than can be counted)",
  gauge: "values so large that they cannot be",
  histogram: "more events than can be counted",
};

/** On the linear scale only what is too large cannot be: zero and less have no logarithm, and are no fault. */
function isImpossible(series: MetricSeries, window: number): boolean {
  if (series.kind === "histogram")
    return [series.baseline[window], series.candidate[window]].some(
      (buckets) => buckets && isUncountable(buckets),
    );
  const pair = pairAt(series, window, { scale: "linear" }, 0.01);
  return !isPair(pair) && pair.why === "impossible";
}
