import type { Analyzer, Context } from "./analyzer.ts";
import { verdictDocument } from "./document.ts";
import { kayentaDocument } from "./kayenta/document.ts";
import { judgeAsKayenta } from "./kayenta/judge.ts";
import type { Learnt } from "./learnt.ts";
import type { Buckets, CountSeries, Measurements, MetricSeries } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import type { Verdict } from "./verdict.ts";
import type { Occasion } from "./verdict-frame.ts";

/** The verdict on what was measured so far, as a document. What came after a final answer is left out of it. */
export function analyze(
  measurements: Measurements,
  analyzer: Analyzer,
  { policy, learnt }: { policy: AnalysisPolicy; learnt: Learnt },
  occasion: Occasion,
  context: Context = {},
): Verdict {
  const { kayenta } = policy;
  if (kayenta) {
    const judged = judgeAsKayenta(measurements, policy, kayenta, context);
    return kayentaDocument(judged, measurements, policy, kayenta, occasion);
  }
  const judged = analyzer.judge(measurements, context);
  const measured = Math.max(0, ...judged.tracks.map(({ pairs }) => pairs.length));
  if (judged.atWindow >= measured) return verdictDocument(judged, measurements, policy, learnt, occasion);
  const until = upTo(measurements, judged.atWindow);
  const planned = { ...context, windowsPlanned: context.windowsPlanned ?? measured };
  return verdictDocument(analyzer.judge(until, planned), until, policy, learnt, occasion);
}

/** The first windows alone. */
export function upTo(measurements: Measurements, windows: number): Measurements {
  const metrics = Object.entries(measurements.metrics).map(
    ([name, series]) => [name, firstOf(series, windows)] as const,
  );
  return {
    ...measurements,
    ...(measurements.weights ? { weights: measurements.weights.slice(0, windows) } : {}),
    metrics: Object.fromEntries(metrics),
  };
}

function firstOf(series: MetricSeries, windows: number): MetricSeries {
  const counts = ({ total, bad }: CountSeries): CountSeries => ({
    total: total.slice(0, windows),
    bad: bad.slice(0, windows),
  });
  const values = <Value extends number | null | Buckets>(arm: Value[]): Value[] => arm.slice(0, windows);
  switch (series.kind) {
    case "ratio":
      return { ...series, baseline: counts(series.baseline), candidate: counts(series.candidate) };
    case "gauge":
      return { ...series, baseline: values(series.baseline), candidate: values(series.candidate) };
    case "histogram":
      return { ...series, baseline: values(series.baseline), candidate: values(series.candidate) };
  }
}
