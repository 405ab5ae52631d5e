import { isPair, pairAt, type WindowPair, windowsOf } from "./difference.ts";
import type { LearntMetric } from "./learnt.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import type { Boundary } from "./noise/boundary.ts";
import { type EffectScale, effectScale } from "./noise/effect-scale.ts";
import { type Follower, follow } from "./noise/follow.ts";
import type { Noise } from "./noise/noise.ts";

/** One metric, followed through the windows of a rollout. Effects are relative: 0.2 is a fifth worse than the baseline. */
export type Track = {
  name: string;
  kind: MetricSeries["kind"];
  worse: MetricSeries["worse"];
  policy: MetricPolicy;
  noise: Noise;
  boundary: Boundary;
  points: TrackPoint[];
  /** The smallest relative effect at which the evidence after the last window would cross the boundary. */
  wouldCross(): number | undefined;
};

export type TrackPoint = {
  pair: WindowPair;
  leftOut?: "warm-up" | "missing" | "impossible";
  /** Of this window, and the highest up to it. */
  evidence: number | null;
  highest: number;
  effect: number | null;
  lower: number | null;
  upper: number | null;
  /** The smallest relative effect that matters at the level of the baseline so far. */
  margin: number;
  /** Values of all windows so far that counted, weighed by their events. */
  baseline: number | null;
  candidate: number | null;
  /** The baseline's value so far; of a share, half an event more, so that it is never zero. */
  level: number;
  /** Windows that counted so far. */
  counted: number;
};

export type TrackQuestion = {
  name: string;
  series: MetricSeries;
  policy: MetricPolicy;
  learnt?: LearntMetric;
  noise: Noise;
  reference: number;
  boundary: Boundary;
  windows: readonly WindowPair[];
  sizes: readonly number[];
  starts: ReadonlySet<number>;
  warmUp: ReadonlySet<number>;
  /** Requests behind each window, as a harmonic mean of the arms, for gauges that rest on them. */
  events: readonly (number | undefined)[];
};

export function pairsOf(series: MetricSeries, policy: MetricPolicy, reference: number): WindowPair[] {
  return Array.from({ length: windowsOf(series) }, (_, window) => pairAt(series, window, policy, reference));
}

export function track(question: TrackQuestion): Track {
  const { name, series, policy, noise, boundary, sizes, starts, windows } = question;
  const scale = effectScale(series.kind, policy);
  const follower = follow(noise, { sizes, laterStarts: starts.size });
  const sums = { baseline: 0, baselineWeight: 0, candidate: 0, candidateWeight: 0 };
  const points: TrackPoint[] = [];
  let highest = Number.NEGATIVE_INFINITY;
  for (const [window, pair] of windows.entries()) {
    if (starts.has(window)) follower.mayBegin();
    const leftOut = whyLeftOut(question, window);
    if (!isPair(pair) || leftOut !== undefined) {
      follower.skip();
      const point = pointOf(follower, question, scale, sums, highest);
      points.push({ ...point, pair, ...(leftOut ? { leftOut } : {}), evidence: null });
      continue;
    }
    const { baseline, candidate } = pair;
    const thin = thinner(question, window);
    follower.add(baseline.value, candidate.value, baseline.sampling + thin, candidate.sampling + thin);
    const evidence = follower.evidence();
    highest = Math.max(highest, evidence);
    sums.baseline += baseline.shown * (baseline.events ?? 1);
    sums.baselineWeight += baseline.events ?? 1;
    sums.candidate += candidate.shown * (candidate.events ?? 1);
    sums.candidateWeight += candidate.events ?? 1;
    points.push({ ...pointOf(follower, question, scale, sums, highest), pair, evidence });
  }
  const last = points.at(-1);
  return {
    name,
    kind: series.kind,
    worse: series.worse,
    policy,
    noise,
    boundary,
    points,
    wouldCross: () =>
      crossingEffect(
        follower,
        boundary.worse,
        (difference) => scale.relative(difference / rootLevel(question, last?.level ?? 0)),
        series.worse,
      ),
  };
}

type Sums = { baseline: number; baselineWeight: number; candidate: number; candidateWeight: number };

function pointOf(
  follower: Follower,
  { policy, boundary, series, reference }: TrackQuestion,
  scale: EffectScale,
  sums: Sums,
  highest: number,
): Omit<TrackPoint, "pair" | "evidence"> {
  const error = follower.standardError();
  const known = Number.isFinite(error);
  const effect = follower.effect();
  const level = levelOf(series.kind, sums);
  const root = rootLevel({ series, reference }, level);
  const read = (difference: number): number => scale.relative(difference / root);
  const ends = [effect - boundary.reach * error, effect + boundary.reach * error].map(read);
  return {
    highest,
    effect: known ? read(effect) : null,
    lower: known ? Math.min(...ends) : null,
    upper: known ? Math.max(...ends) : null,
    margin: marginAt(policy, series.kind, level, reference),
    baseline: sums.baselineWeight > 0 ? sums.baseline / sums.baselineWeight : null,
    candidate: sums.candidateWeight > 0 ? sums.candidate / sums.candidateWeight : null,
    level,
    counted: follower.windows(),
  };
}

/** A step on the scale of roots means less on a higher level than the typical one. */
function rootLevel(
  { series, reference }: Pick<TrackQuestion, "series" | "reference">,
  level: number,
): number {
  return series.kind === "ratio" && level > 0 ? Math.sqrt(level / reference) : 1;
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

function whyLeftOut({ windows, warmUp }: TrackQuestion, window: number): TrackPoint["leftOut"] {
  const pair = windows[window];
  if (!isPair(pair)) return pair?.why === "impossible" ? "impossible" : "missing";
  return warmUp.has(window) ? "warm-up" : undefined;
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
  boundary: number,
  read: (difference: number) => number,
  worse: MetricSeries["worse"],
): number | undefined {
  const sign = worse === "lower" ? -1 : 1;
  let low = 0;
  let high = farthest;
  if (follower.windows() === 0 || follower.evidenceOf(sign * high) < boundary) return undefined;
  for (let step = 0; step < 40; step++) {
    const middle = (low + high) / 2;
    if (follower.evidenceOf(sign * middle) < boundary) low = middle;
    else high = middle;
  }
  return read(sign * high);
}
