import type { CountSeries, MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";

/**
 * A success rate near one is judged by its failures: they double where 99 % become 98 %, and of the successes that is
 * nothing. All figures that people read stay those of the metric as it is told.
 */

/** From here on, failures are what is rare. */
const mostlyGood = 0.5;
/** However few failures are usual, a fall is looked for as this many times as many. */
const mostTimes = 10;

/** The share of good events where these are what is counted and most events are; undefined where it is judged as told. */
export function goodShare(
  { worse, kind }: Pick<MetricSeries, "worse" | "kind">,
  share: number | undefined,
): number | undefined {
  return kind === "ratio" && worse === "lower" && share !== undefined && share > mostlyGood
    ? share
    : undefined;
}

/** Of the first window that says anything, so that later ones do not change what was said before them. */
export function firstShare(series: MetricSeries): number | undefined {
  if (series.kind !== "ratio") return undefined;
  const { baseline, candidate } = series;
  const windows = Math.max(baseline.total.length, candidate.total.length);
  for (let window = 0; window < windows; window++) {
    let good = 0;
    let total = 0;
    for (const arm of [baseline, candidate]) {
      const [events, counted] = [arm.total[window], arm.bad[window]];
      if (events == null || counted == null || !(events > 0) || !(counted >= 0)) continue;
      good += Math.min(counted, events);
      total += events;
    }
    if (total > 0 && Number.isFinite(total)) return (good + 0.5) / (total + 1);
  }
  return undefined;
}

/** The same series told by its failures. */
export function failuresOf(series: MetricSeries): MetricSeries {
  if (series.kind !== "ratio") return series;
  return {
    ...series,
    worse: "higher",
    baseline: others(series.baseline),
    candidate: others(series.candidate),
  };
}

/** The events that were not counted. Rates that a store extrapolates may pass their total by a little; what cannot be stays impossible. */
export function others({ total, bad }: CountSeries): CountSeries {
  const failures = bad.map((good, window) => {
    const events = total[window];
    if (good === null || events == null) return null;
    if (good > events && good <= events * 1.05 + 1) return 0;
    return good < 0 ? -1 : events - good;
  });
  return { total, bad: failures };
}

/** What policy says of the successes, said of the failures; a target of all of them means twice the failures. */
export function policyOfFailures(metric: MetricPolicy, good: number): MetricPolicy {
  const { margin, target } = metric;
  return {
    ...metric,
    worse: "higher",
    margin: "relative" in margin ? { absolute: margin.relative * good } : margin,
    target: target >= 1 ? 1 : Math.min(mostTimes, (target * good) / octave(1 - good)),
  };
}

/** Rollouts of about the same share are looked at for the same shifts. */
function octave(share: number): number {
  return 2 ** Math.round(Math.log2(Math.max(1e-6, share)));
}
