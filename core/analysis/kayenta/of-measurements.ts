import { isPair, pairAt, windowsOf } from "../difference.ts";
import type { Measurements, MetricSeries, Worse } from "../measurements.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import type { KayentaMetric, KayentaPolicy } from "./judgement.ts";
import type { KayentaOptions } from "./options.ts";

const directions: Record<Worse, KayentaOptions["direction"]> = {
  higher: "increase",
  lower: "decrease",
  either: "either",
};

/**
 * One rollout's windows as Kayenta's judge takes them: a value a window for each arm, shares of ratios and quantiles of
 * histograms. A group weighs as much as the metrics in it do together; inside it Kayenta knows no weights.
 */
export function kayentaOf(
  { metrics }: Pick<Measurements, "metrics">,
  policy: Pick<AnalysisPolicy, "metric">,
): { metrics: KayentaMetric[]; policy: Required<Pick<KayentaPolicy, "metrics" | "groupWeights">> } {
  const all = Object.entries(metrics).map(([name, series]) => {
    const own = policy.metric(name, series.worse, series.kind);
    return { name, own, ...valuesOf(series) };
  });
  const total = all.reduce((sum, { own }) => sum + own.weight, 0);
  const weights = new Map<string, number>();
  for (const { own } of all)
    weights.set(own.group, (weights.get(own.group) ?? 0) + (total > 0 ? (100 * own.weight) / total : 0));
  const options = all.map(({ name, own }): [string, Partial<KayentaOptions>] => [
    name,
    {
      direction: directions[own.worse],
      critical: own.critical,
      mustHaveData: own.noData === "rollback",
      groups: [own.group],
    },
  ]);
  return {
    metrics: all.map(({ name, control, experiment }) => ({ name, control, experiment })),
    policy: { metrics: Object.fromEntries(options), groupWeights: Object.fromEntries(weights) },
  };
}

function valuesOf(series: MetricSeries): Omit<KayentaMetric, "name"> {
  const windows = Array.from({ length: windowsOf(series) }, (_, window) =>
    pairAt(series, window, { scale: "linear" }, 1),
  );
  return {
    control: windows.map((pair) => (isPair(pair) ? pair.baseline.shown : (pair.baseline ?? null))),
    experiment: windows.map((pair) => (isPair(pair) ? pair.candidate.shown : (pair.candidate ?? null))),
  };
}
