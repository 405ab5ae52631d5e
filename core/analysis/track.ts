import { isPair, pairAt, type WindowPair, windowsOf } from "./difference.ts";
import type { LearntMetric } from "./learnt.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import type { Boundary } from "./noise/boundary.ts";
import { type EffectScale, effectScale } from "./noise/effect-scale.ts";
import { type Follower, follow, type Shifts } from "./noise/follow.ts";
import type { Noise } from "./noise/noise.ts";

/**
 * One metric, followed through the windows of a rollout: a column for each figure, because a judge makes thousands of
 * them. `pointAt` reads one window of it.
 */
export type Track = {
  name: string;
  kind: MetricSeries["kind"];
  worse: MetricSeries["worse"];
  policy: MetricPolicy;
  noise: Noise;
  boundary: Boundary;
  scale: EffectScale;
  pairs: readonly WindowPair[];
  /** Windows that counted so far. */
  counted: number[];
  /** NaN where the window did not count. */
  evidence: number[];
  /** The highest evidence so far. */
  highest: number[];
  /** The lasting shift, and how far it may lie to either side, on the scale of the comparison. */
  shift: number[];
  reach: number[];
  /** The smallest relative effect that matters at the level of the baseline so far. */
  margin: number[];
  /** The baseline's value so far; of a share, half an event more, so that it is never zero. */
  level: number[];
  /** Values of all windows so far that counted, weighed by their events; NaN before the first. */
  baseline: number[];
  candidate: number[];
  warmUp: ReadonlySet<number>;
  /** The smallest relative effect at which the evidence after the last window would cross the boundary. */
  wouldCross(): number | undefined;
};

/** Effects are relative: 0.2 is a fifth more than the baseline. */
export type TrackPoint = {
  effect: number;
  lower: number;
  upper: number;
  margin: number;
  level: number;
};

/** Undefined where nothing counted up to and with this window. */
export function pointAt(track: Track, window: number): TrackPoint | undefined {
  if (!(at(track.counted, window) > 0)) return undefined;
  const shift = at(track.shift, window);
  const reach = at(track.reach, window);
  return {
    effect: track.scale.relative(shift),
    lower: track.scale.relative(shift - reach),
    upper: track.scale.relative(shift + reach),
    margin: at(track.margin, window),
    level: at(track.level, window),
  };
}

export type LeftOut = "warm-up" | "missing" | "impossible";

export function leftOutAt(
  { pairs, warmUp }: Pick<Track, "pairs" | "warmUp">,
  window: number,
): LeftOut | undefined {
  const pair = pairs[window];
  if (!isPair(pair)) return pair?.why === "impossible" ? "impossible" : "missing";
  return warmUp.has(window) ? "warm-up" : undefined;
}

function at(column: readonly number[], window: number): number {
  return column[window] ?? Number.NaN;
}

export type TrackQuestion = {
  name: string;
  series: MetricSeries;
  policy: MetricPolicy;
  learnt?: LearntMetric;
  noise: Noise;
  reference: number;
  boundary: Boundary;
  pairs: readonly WindowPair[];
  shifts: Shifts;
  starts: ReadonlySet<number>;
  warmUp: ReadonlySet<number>;
  /** Requests behind each window, as a harmonic mean of the arms, for gauges that rest on them. */
  events: readonly (number | undefined)[];
};

export function pairsOf(series: MetricSeries, policy: MetricPolicy, reference: number): WindowPair[] {
  return Array.from({ length: windowsOf(series) }, (_, window) => pairAt(series, window, policy, reference));
}

export function track(question: TrackQuestion): Track {
  const { name, series, policy, noise, boundary, shifts, starts, pairs, warmUp, reference } = question;
  const scale = effectScale(series.kind, policy);
  const follower = follow(noise, shifts);
  const column = (): number[] => new Array<number>(pairs.length).fill(0);
  const made: Track = {
    name,
    kind: series.kind,
    worse: series.worse,
    policy,
    noise,
    boundary,
    scale,
    pairs,
    counted: column(),
    evidence: column(),
    highest: column(),
    shift: column(),
    reach: column(),
    margin: column(),
    level: column(),
    baseline: column(),
    candidate: column(),
    warmUp,
    wouldCross: () =>
      crossingEffect(follower, made, rootLevel(series.kind, made.level.at(-1) ?? 0, reference)),
  };
  const sums = { baseline: 0, baselineWeight: 0, candidate: 0, candidateWeight: 0 };
  let highest = Number.NEGATIVE_INFINITY;
  for (let window = 0; window < pairs.length; window++) {
    if (starts.has(window)) follower.mayBegin();
    const pair = pairs[window];
    const counts = isPair(pair) && !warmUp.has(window);
    if (counts) {
      const thin = thinner(question, window);
      const { baseline, candidate } = pair;
      follower.add(baseline.value, candidate.value, baseline.sampling + thin, candidate.sampling + thin);
      const left = baseline.events ?? 1;
      const right = candidate.events ?? 1;
      sums.baseline += baseline.shown * left;
      sums.baselineWeight += left;
      sums.candidate += candidate.shown * right;
      sums.candidateWeight += right;
    } else {
      follower.skip();
    }
    const evidence = counts ? follower.evidence() : Number.NaN;
    if (evidence > highest) highest = evidence;
    const { effect, error } = follower.estimate();
    const level = levelOf(series.kind, sums);
    const root = rootLevel(series.kind, level, reference);
    made.counted[window] = follower.windows();
    made.evidence[window] = evidence;
    made.highest[window] = highest;
    made.shift[window] = effect / root;
    made.reach[window] = (boundary.reach * error) / root;
    made.margin[window] = marginAt(policy, series.kind, level, reference);
    made.level[window] = level;
    made.baseline[window] = sums.baseline / sums.baselineWeight;
    made.candidate[window] = sums.candidate / sums.candidateWeight;
  }
  return made;
}

type Sums = { baseline: number; baselineWeight: number; candidate: number; candidateWeight: number };

/** A step on the scale of roots means less on a higher level than the typical one. */
function rootLevel(kind: MetricSeries["kind"], level: number, reference: number): number {
  return kind === "ratio" && level > 0 ? Math.sqrt(level / reference) : 1;
}

function levelOf(kind: MetricSeries["kind"], { baseline, baselineWeight }: Sums): number {
  if (kind === "ratio") return (baseline + 0.5) / (baselineWeight + 1);
  return baselineWeight > 0 ? baseline / baselineWeight : 0;
}

/** An absolute margin as a part of the baseline's level so far. */
function marginAt(
  { margin, scale }: MetricPolicy,
  kind: MetricSeries["kind"],
  level: number,
  reference: number,
): number {
  if ("relative" in margin) return margin.relative;
  if (kind === "gauge" && scale === "linear") return margin.absolute / reference;
  return level > 0 ? margin.absolute / level : margin.absolute;
}

/**
 * A gauge that rests on fewer requests than those it was learnt with scatters more: a p95 of a tenth of the traffic is
 * a rougher one. Of more requests nothing is promised.
 */
function thinner({ series, noise, learnt, events }: TrackQuestion, window: number): number {
  const usual = learnt?.events;
  const here = events[window];
  if (series.kind !== "gauge" || usual === undefined || here === undefined || !(here > 0)) return 0;
  return here < usual / 1.5 ? 0.5 * noise.scatter ** 2 * (usual / here - 1) : 0;
}

/** The search goes as far as an effect of this size, which no boundary outlasts. */
const farthest = 8;

function crossingEffect(
  follower: Follower,
  { boundary, worse, scale }: Track,
  root: number,
): number | undefined {
  const sign = worse === "lower" ? -1 : 1;
  let low = 0;
  let high = farthest;
  if (follower.windows() === 0 || follower.evidenceOf(sign * high) < boundary.worse) return undefined;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (follower.evidenceOf(sign * middle) < boundary.worse) low = middle;
    else high = middle;
  }
  return scale.relative((sign * high) / root);
}
