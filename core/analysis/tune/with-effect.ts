import { type Random, seeded } from "../../stats/random.ts";
import { others } from "../complement.ts";
import type { Buckets, CountSeries, Measurements, MetricSeries } from "../measurements.ts";

/**
 * A past rollout as it would have been, had one metric of the candidate been `times` as high from the first window on.
 * Bad events, or those that are not good where these are counted, are added or taken away by a draw, with the chance of
 * counts and no more; gauges are multiplied; the events
 * of buckets move to where they then lie.
 */
export function withEffect(
  rollout: Measurements,
  name: string,
  { times, ofFailures = false }: { times: number; ofFailures?: boolean },
  seed: number,
): Measurements {
  const series = rollout.metrics[name];
  if (series === undefined) return rollout;
  const changed = changedSeries(series, times, ofFailures, seeded(seed));
  return { ...rollout, metrics: { ...rollout.metrics, [name]: changed } };
}

function changedSeries(
  series: MetricSeries,
  times: number,
  ofFailures: boolean,
  random: Random,
): MetricSeries {
  switch (series.kind) {
    case "ratio":
      return {
        ...series,
        candidate: ofFailures
          ? others(changedCounts(others(series.candidate), times, random))
          : changedCounts(series.candidate, times, random),
      };
    case "gauge":
      return {
        ...series,
        candidate: series.candidate.map((value) => (value === null ? null : value * times)),
      };
    case "histogram":
      return { ...series, candidate: series.candidate.map((buckets) => buckets && moved(buckets, times)) };
  }
}

function changedCounts({ total, bad }: CountSeries, times: number, random: Random): CountSeries {
  const changed = bad.map((count, window) => {
    const events = total[window];
    if (count === null || events == null || !(events > 0) || !(count >= 0)) return count;
    if (times < 1) return thinned(count, times, random);
    // What is added has the chance of its own count: the count at hand, multiplied, would spread too far.
    const usual = shareAround({ total, bad }, window) * events;
    return Math.min(events, count + random.poisson((times - 1) * usual));
  });
  return { total, bad: changed };
}

/** Windows to either side whose share tells what is usual in the middle. */
const reach = 2;

function shareAround({ total, bad }: CountSeries, window: number): number {
  let events = 0;
  let failed = 0;
  for (let at = window - reach; at <= window + reach; at++) {
    const [here, gone] = [total[at], bad[at]];
    if (here == null || gone == null || !(here > 0) || !(gone >= 0)) continue;
    events += here;
    failed += gone;
  }
  return events > 0 ? Math.min(1, failed / events) : 0;
}

const manyCounts = 1000;

function thinned(count: number, part: number, random: Random): number {
  if (count > manyCounts)
    return Math.round(count * part + Math.sqrt(count * part * (1 - part)) * random.normal());
  let left = 0;
  for (let event = 0; event < Math.round(count); event++) if (random.uniform() < part) left += 1;
  return left;
}

/** Events of a bucket lie evenly in it; those above the last edge stay there, and no slow one becomes fast. */
function moved({ bounds, counts }: Buckets, times: number): Buckets {
  const found = counts.map(() => 0);
  const edge = (bucket: number): number =>
    bucket < 0 ? Math.min(0, bounds[0] ?? 0) : (bounds[bucket] ?? Number.POSITIVE_INFINITY);
  for (const [bucket, count] of counts.entries()) {
    const [low, high] = [edge(bucket - 1) * times, edge(bucket) * times];
    if (!(high - low > 0) || !Number.isFinite(high)) {
      found[bucket] = (found[bucket] ?? 0) + count;
      continue;
    }
    for (let to = 0; to < counts.length; to++) {
      const shared = Math.min(high, edge(to)) - Math.max(low, edge(to - 1));
      if (shared > 0) found[to] = (found[to] ?? 0) + (count * shared) / (high - low);
    }
  }
  return { bounds, counts: found };
}
