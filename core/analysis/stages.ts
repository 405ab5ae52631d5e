import { mean, rootMeanSquare } from "simple-statistics";
import { isPair, type WindowPair } from "./difference.ts";
import { type LearntMetric, referenceOf } from "./learnt.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import type { Boundary } from "./noise/boundary.ts";
import { defaultNoise, type Noise } from "./noise/noise.ts";
import { type Schedule, scheduleOf } from "./noise/schedule.ts";
import { louder, loudness, stepsOf } from "./noise/steps.ts";
import { pairsOf } from "./pairs.ts";

/**
 * What holds from a window on: noise, scale and boundary follow from the windows up to it, and are looked at again when
 * there are twice as many, at every step, and sooner while nobody knows how loud a gauge is. So a judge of a whole recording says after each window what it would have said then.
 */
export type Stage = {
  from: number;
  noise: Noise;
  reference: number;
  /** All windows on the scale of the reference. */
  pairs: readonly WindowPair[];
  boundary: Boundary;
};

export function stagesOf(
  series: MetricSeries,
  metric: MetricPolicy,
  windows: number,
  known: LearntMetric | undefined,
  windowSeconds: number,
  steps: readonly number[],
  boundaryFor: (noise: Noise, schedule: Schedule) => Boundary,
): Stage[] {
  const stages: Stage[] = [];
  let pairs: readonly WindowPair[] = [];
  let next = 1;
  while (next <= Math.max(1, windows)) {
    const seen = next;
    const { noise, reference } = noiseFor(known, series, metric, windowSeconds, seen);
    if (stages.at(-1)?.reference !== reference) pairs = pairsOf(series, metric, reference);
    const schedule = scheduleOf(series.kind, pairs.slice(0, seen), reference);
    const unknown = known === undefined && tellingWindows(series, metric, seen) < windowsToKnow;
    const boundary = boundaryFor(noise, schedule);
    stages.push({
      from: seen - 1,
      noise,
      reference,
      pairs,
      boundary: unknown ? surer(boundary, metric.scale) : boundary,
    });
    next = nextLook(seen, steps, unknown && seen >= windowsToKnow);
  }
  return stages;
}

function nextLook(seen: number, steps: readonly number[], soon: boolean): number {
  const step = steps.find((window) => window >= seen) ?? Number.POSITIVE_INFINITY;
  return Math.min(step + 1, soon ? seen + soonWindows : 2 ** (Math.floor(Math.log2(seen)) + 1));
}

const soonWindows = 2;

/** Windows that tell how loud a gauge is: on the linear scale, those where not both arms are zero. */
function tellingWindows(series: MetricSeries, { scale }: MetricPolicy, seen: number): number {
  if (series.kind !== "gauge") return Number.POSITIVE_INFINITY;
  if (scale === "log") return seen;
  let telling = 0;
  for (let window = 0; window < seen; window++) {
    const [left, right] = [series.baseline[window], series.candidate[window]];
    if (left != null && right != null && (left !== 0 || right !== 0)) telling += 1;
  }
  return telling;
}

/** Of a gauge that nobody knows, so many windows say how loud it is; before that, only what no noise explains counts. */
export const windowsToKnow = 8;
export const timesSurer = { log: 3, linear: 50 };

function surer({ worse, marginal, reach }: Boundary, scale: MetricPolicy["scale"]): Boundary {
  return { worse: timesSurer[scale] * worse, marginal: timesSurer[scale] * marginal, reach };
}

/** Without a history, a gauge that is louder than the default shows it in its own steps. */
function unlearnt(
  series: MetricSeries,
  metric: MetricPolicy,
  windowSeconds: number,
  reference: number,
  seen: number,
): Noise {
  const usual = defaultNoise(series.kind, windowSeconds);
  if (series.kind !== "gauge") return usual;
  const noise = { ...usual, reference };
  const pairs = pairsOf(series, metric, reference, seen);
  const differences = pairs.map((pair) =>
    isPair(pair) ? pair.candidate.value - pair.baseline.value : Number.NaN,
  );
  const steps = stepsOf(differences);
  if (steps.length < leastSteps) return noise;
  // By half an octave, so that rollouts about as loud share a boundary; never quieter than the default.
  const loud = loudness(noise, steps) * (metric.scale === "linear" ? burstsOver(steps) : 1);
  const times = 2 ** (Math.ceil(2 * Math.log2(loud)) / 2);
  return times > 1 ? louder(noise, times) : noise;
}

const leastSteps = 3;

/** How much wider steps spread than their mean says: 1 where they are as chance has them, more where there are bursts. */
function burstsOver(steps: number[]): number {
  const usual = mean(steps);
  return usual > 0 ? Math.max(1, (Math.sqrt(2 / Math.PI) * rootMeanSquare(steps)) / usual) : 1;
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
  if (known === undefined)
    return { noise: unlearnt(series, metric, windowSeconds, own, seen), reference: own };
  const { noise } = known;
  const usual = noise.reference ?? 1;
  if (series.kind !== "ratio" || (own < usual * unlike && own > usual / unlike))
    return { noise, reference: usual };
  const { level, levelSpread } = defaultNoise(series.kind, windowSeconds);
  return { noise: { ...noise, level, levelSpread, reference: own }, reference: own };
}
