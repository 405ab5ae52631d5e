import { mean } from "simple-statistics";
import { isPair, type Pair, rooted, type WindowPair } from "../difference.ts";
import type { MetricSeries } from "../measurements.ts";
import type { Path, PathPoint } from "./simulate.ts";

/** The traffic of a rollout so far, rounded so that rollouts of about the same share one boundary. */
export type Schedule = { key: string; path: Path };

export function scheduleOf(
  kind: MetricSeries["kind"],
  windows: readonly WindowPair[],
  reference: number,
): Schedule {
  // A gauge is not counted from anything.
  const point = kind === "gauge" ? uncounted : pointOf(kind, windows.filter(isPair), reference);
  const { baseline, candidate, counts } = point;
  const key = counts
    ? `${counts.baseline}/${counts.candidate}:${reference.toPrecision(1)}`
    : `${baseline}/${candidate}`;
  return { key, path: [point] };
}

const uncounted: PathPoint = { baseline: 0, candidate: 0 };

function pointOf(kind: MetricSeries["kind"], pairs: readonly Pair[], reference: number): PathPoint {
  if (pairs.length === 0) return uncounted;
  if (kind !== "ratio")
    return {
      baseline: rounded(mean(pairs.map(({ baseline }) => baseline.sampling))),
      candidate: rounded(mean(pairs.map(({ candidate }) => candidate.sampling))),
    };
  const baseline = rounded(mean(pairs.map((pair) => pair.baseline.events ?? 0)));
  const candidate = rounded(mean(pairs.map((pair) => pair.candidate.events ?? 0)));
  return countsPoint(baseline, candidate, Number(reference.toPrecision(1)));
}

/** One window of a ratio with so many events in both arms. */
export function countsPoint(baseline: number, candidate: number, share: number): PathPoint {
  const sampling = (events: number): number => rooted(0, events, share).sampling;
  return {
    baseline: sampling(baseline),
    candidate: sampling(candidate),
    counts: { baseline, candidate, share },
  };
}

/** To an octave: boundaries change little with the traffic. */
function rounded(value: number): number {
  return value > 0 && Number.isFinite(value) ? 2 ** Math.round(Math.log2(value)) : 0;
}
