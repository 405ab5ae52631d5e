import { type Analyzer, analyzer } from "../../core/analysis/analyzer.ts";
import { defaultMetric } from "../../core/analysis/default-metric.ts";
import { kayentaJudgement } from "../../core/analysis/kayenta/judgement.ts";
import { learn } from "../../core/analysis/learnt.ts";
import type { Measurements, MetricSeries } from "../../core/analysis/measurements.ts";
import { analysisPolicyOf } from "../../core/analysis/policy-of.ts";
import { bucketQuantile } from "../../core/stats/bucket-quantile.ts";
import { mannWhitney } from "../../core/stats/mann-whitney.ts";

/** Judges beside each other: the window at which each takes a rollout back, or undefined where it never does. */
export type Judge = { name: string; alarm(rollout: Measurements): number | undefined };

export const policy = analysisPolicyOf({}, defaultMetric);

export function ours(history: readonly Measurements[]): Judge & { analyzer: Analyzer } {
  const judge = analyzer(policy, learn(history, policy));
  return {
    name: history.length > 0 ? "adaptive-deploy, learnt" : "adaptive-deploy, no history",
    analyzer: judge,
    alarm(rollout) {
      const { verdict, atWindow } = judge.judge(rollout);
      return verdict === "rollback" ? atWindow : undefined;
    },
  };
}

/** As Kayenta's judge is used: from the fourth window on, every second one, all metrics critical. */
export const kayenta: Judge = {
  name: "Kayenta, every second window",
  alarm(rollout) {
    const metrics = Object.entries(rollout.metrics).map(([name, series]) => ({ name, ...valuesOf(series) }));
    const options = Object.fromEntries(
      metrics.map(({ name }) => [name, { direction: "increase", critical: true } as const]),
    );
    const windows = metrics[0]?.control.length ?? 0;
    for (let window = 4; window <= windows; window += 2) {
      const seen = metrics.map(({ name, control, experiment }) => ({
        name,
        control: control.slice(0, window),
        experiment: experiment.slice(0, window),
      }));
      const judged = kayentaJudgement(seen, { thresholds: { pass: 95, marginal: 75 }, metrics: options });
      if (judged.verdict === "rollback") return window;
    }
    return undefined;
  },
};

/** One look at all windows. */
export function kayentaOnce(rollout: Measurements): void {
  const metrics = Object.entries(rollout.metrics).map(([name, series]) => ({ name, ...valuesOf(series) }));
  kayentaJudgement(metrics, { thresholds: { pass: 95, marginal: 75 } });
}

/** A test of ranks after every window, as if it were the only one. */
export const ranks: Judge = {
  name: "Mann–Whitney, every window",
  alarm(rollout) {
    const metrics = Object.values(rollout.metrics).map(valuesOf);
    const level = 0.02 / metrics.length;
    const windows = metrics[0]?.control.length ?? 0;
    for (let window = 4; window <= windows; window++)
      for (const { control, experiment } of metrics) {
        const left = control.slice(0, window).filter((value) => value !== null);
        const right = experiment.slice(0, window).filter((value) => value !== null);
        if (left.length < 4 || right.length < 4) continue;
        const test = mannWhitney(right, left, { side: "higher", exactUpTo: 0 });
        if (test && test.chance < level) return window;
      }
    return undefined;
  },
};

/** Errors above 2 %, or latency above 1.25 times the baseline's, five windows in a row. */
export const fixed: Judge = {
  name: "fixed thresholds, five in a row",
  alarm(rollout) {
    const metrics = Object.values(rollout.metrics).map((series) => ({ series, ...valuesOf(series) }));
    const windows = metrics[0]?.control.length ?? 0;
    const inARow = metrics.map(() => 0);
    for (let window = 0; window < windows; window++)
      for (const [index, { series, control, experiment }] of metrics.entries()) {
        const before = control[window];
        const now = experiment[window];
        const above =
          before != null && now != null && (series.kind === "ratio" ? now > 0.02 : now > 1.25 * before);
        inARow[index] = above ? (inARow[index] ?? 0) + 1 : 0;
        if (inARow[index] === 5) return window + 1;
      }
    return undefined;
  },
};

type Values = { control: (number | null)[]; experiment: (number | null)[] };

function valuesOf(series: MetricSeries): Values {
  switch (series.kind) {
    case "ratio": {
      const share = ({ bad, total }: { bad: (number | null)[]; total: (number | null)[] }) =>
        total.map((count, window) => {
          const failed = bad[window];
          return count == null || failed == null || count === 0 ? null : failed / count;
        });
      return { control: share(series.baseline), experiment: share(series.candidate) };
    }
    case "gauge":
      return { control: series.baseline, experiment: series.candidate };
    case "histogram": {
      const { quantile = 0.95 } = series;
      const values = (arm: typeof series.baseline) =>
        arm.map((buckets) => (buckets ? (bucketQuantile(buckets, quantile)?.value ?? null) : null));
      return { control: values(series.baseline), experiment: values(series.candidate) };
    }
  }
}
