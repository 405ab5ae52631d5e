import { median } from "simple-statistics";
import type { Measurements, MetricSeries } from "./measurements.ts";
import type { BaselineKind } from "./verdict.ts";

/** What is known of a metric before a step: counted in a window of the whole service. */
export type Traffic = {
  name: string;
  kind: MetricSeries["kind"];
  worse: MetricSeries["worse"];
  /** Events a window, both arms together, and how many of them are counted; of gauges and quantiles nothing. */
  events?: number;
  bad?: number;
  /** The usual value of a gauge. */
  level?: number;
};

/** What a window of the stable version held before the step, on average over the windows that were measured. */
export function trafficOf({ metrics }: Pick<Measurements, "metrics">): Traffic[] {
  return Object.entries(metrics).map(([name, series]) => {
    const { kind, worse } = series;
    if (kind === "gauge") return { name, kind, worse, ...levelOf(series.baseline) };
    if (kind === "histogram") return { name, kind, worse };
    const { total, bad } = series.baseline;
    const whole = total.flatMap((events, window) => {
      const failures = bad[window];
      return events == null || failures == null || !Number.isFinite(events) ? [] : [{ events, failures }];
    });
    if (whole.length === 0) return { name, kind, worse };
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return {
      name,
      kind,
      worse,
      events: mean(whole.map(({ events }) => events)),
      bad: mean(whole.map(({ failures }) => failures)),
    };
  });
}

/**
 * How the traffic of the whole service is shared between the two that are compared. A baseline of another week has all
 * of it, a fresh one about as much as the candidate.
 */
export function comparedTraffic(
  traffic: readonly Traffic[],
  weight: number,
  baseline: BaselineKind,
): { traffic: Traffic[]; share: number } {
  const part = weight / 100;
  const [times, share] =
    baseline === "same-time"
      ? [1 + part, (100 * part) / (1 + part)]
      : baseline === "fresh"
        ? [2 * part, 50]
        : [1, weight];
  const scaled = traffic.map((one) => ({
    ...one,
    ...(one.events === undefined ? {} : { events: one.events * times }),
    ...(one.bad === undefined ? {} : { bad: one.bad * times }),
  }));
  return { traffic: scaled, share };
}

function levelOf(values: readonly (number | null)[]): { level?: number } {
  const known = values.flatMap((value) => (value !== null && Number.isFinite(value) ? [value] : []));
  return known.length === 0 ? {} : { level: median(known) };
}
