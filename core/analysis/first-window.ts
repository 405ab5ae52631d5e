import type { Measurements, MetricSeries } from "./measurements.ts";
import { comparedTraffic, type Traffic } from "./step-traffic.ts";
import type { BaselineKind } from "./verdict.ts";

/** What the first window will be like, by the traffic before it: nothing worse, and the candidate with its share. */
export function firstWindow(
  before: Measurements["metrics"],
  known: readonly Traffic[],
  weight: number,
  baseline: BaselineKind,
): Measurements["metrics"] {
  const { traffic, share } = comparedTraffic(known, weight, baseline);
  const expected = Object.entries(before).map(([name, series]): [string, MetricSeries] => {
    const one = traffic.find((told) => told.name === name);
    return [name, series.kind === "ratio" ? { ...series, ...counted(one, share / 100) } : unknown(series)];
  });
  return Object.fromEntries(expected);
}

function counted(traffic: Traffic | undefined, part: number) {
  const { events, bad } = traffic ?? {};
  const arm = (share: number) => ({
    total: [events === undefined ? null : events * share],
    bad: [bad === undefined ? null : bad * share],
  });
  return { baseline: arm(1 - part), candidate: arm(part) };
}

/** Their boundaries hang on no traffic. */
function unknown(series: Exclude<MetricSeries, { kind: "ratio" }>): MetricSeries {
  return { ...series, baseline: [null], candidate: [null] };
}
