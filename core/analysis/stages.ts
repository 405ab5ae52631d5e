import { type LearntMetric, referenceOf } from "./learnt.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import type { Boundary } from "./noise/boundary.ts";
import { defaultNoise, type Noise } from "./noise/noise.ts";
import { type Schedule, scheduleOf } from "./noise/schedule.ts";
import { pairsOf } from "./pairs.ts";

/**
 * What holds from a window on: noise, scale and boundary follow from the windows before it, and are looked at again
 * when there are twice as many. So a judge of a whole recording says after each window what it would have said then.
 */
export type Stage = { from: number; noise: Noise; reference: number; boundary: Boundary };

export function stagesOf(
  series: MetricSeries,
  metric: MetricPolicy,
  windows: number,
  known: LearntMetric | undefined,
  windowSeconds: number,
  boundaryFor: (noise: Noise, schedule: Schedule) => Boundary,
): Stage[] {
  const stages: Stage[] = [];
  for (let seen = 1; seen <= Math.max(1, windows); seen *= 2) {
    const { noise, reference } = noiseFor(known, series, metric, windowSeconds, seen);
    const schedule = scheduleOf(series.kind, pairsOf(series, metric, reference, seen), reference);
    stages.push({ from: seen - 1, noise, reference, boundary: boundaryFor(noise, schedule) });
  }
  return stages;
}

/** A share so many times that of the history, or below it, is not to be compared on its scale. */
const unlike = 3;

function noiseFor(
  known: LearntMetric | undefined,
  series: MetricSeries,
  metric: MetricPolicy,
  windowSeconds: number,
  seen: number,
): { noise: Noise; reference: number } {
  const own = referenceOf(series, metric, seen) ?? 1;
  if (known === undefined) return { noise: defaultNoise(series.kind, windowSeconds), reference: own };
  const { noise } = known;
  const usual = noise.reference ?? 1;
  if (series.kind !== "ratio" || (own < usual * unlike && own > usual / unlike))
    return { noise, reference: usual };
  const { level, levelSpread } = defaultNoise(series.kind, windowSeconds);
  return { noise: { ...noise, level, levelSpread, reference: own }, reference: own };
}
