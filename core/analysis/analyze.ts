import type { Analyzer, Context } from "./analyzer.ts";
import type { Judged } from "./conclude.ts";
import { verdictDocument } from "./document.ts";
import { kayentaDocument } from "./kayenta/document.ts";
import { judgeAsKayenta } from "./kayenta/judge.ts";
import type { Learnt } from "./learnt.ts";
import type { Buckets, CountSeries, Measurements, MetricSeries } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { oddMeasurements } from "./odd-measurements.ts";
import { namingSilentArm } from "./silent-arm.ts";
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
    return kayentaDocument(judged, measurements, policy, kayenta, told(occasion, measurements));
  }
  const documentOf = (judged: Judged, until: Measurements): Verdict =>
    namingSilentArm(verdictDocument(judged, until, policy, learnt, told(occasion, until)), until);
  const judged = analyzer.judge(measurements, context);
  const measured = Math.max(0, ...judged.tracks.map(({ pairs }) => pairs.length));
  if (judged.atWindow >= measured) return documentOf(judged, measurements);
  const until = upTo(measurements, judged.atWindow);
  const planned = { ...context, windowsPlanned: context.windowsPlanned ?? measured };
  return documentOf(analyzer.judge(until, planned), until);
}

/** The occasion with what is odd about the measurements among its warnings. */
function told(occasion: Occasion, measurements: Measurements): Occasion {
  const odd = oddMeasurements(measurements);
  return odd.length === 0 ? occasion : { ...occasion, warnings: [...(occasion.warnings ?? []), ...odd] };
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
