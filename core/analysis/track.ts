import { isPair, type Pair, type WindowPair } from "./difference.ts";
import type { LearntMetric } from "./learnt.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import type { Boundary } from "./noise/boundary.ts";
import { burstAt } from "./noise/burst.ts";
import { type EffectScale, effectScale } from "./noise/effect-scale.ts";
import { type Follower, follow, type Shifts } from "./noise/follow.ts";
import { defaultNoise, type Noise } from "./noise/noise.ts";
import type { Stage } from "./stages.ts";

/**
 * One metric, followed through the windows of a rollout: a column for each figure, because a judge makes thousands of
 * them. `pointAt` reads one window of it.
 */
export type Track = {
  name: string;
  kind: MetricSeries["kind"];
  worse: MetricSeries["worse"];
  /** The metric counts what went well, and all of this is said of the rest. */
  ofFailures: boolean;
  policy: MetricPolicy;
  noise: Noise;
  boundary: Boundary;
  scale: EffectScale;
  pairs: readonly WindowPair[];
  /** Windows that counted so far. */
  counted: number[];
  /** NaN where the window did not count. */
  evidence: number[];
  /** The highest evidence so far, and what it is measured by in this window: where a metric is worse, and marginal. */
  highest: number[];
  worseFrom: number[];
  marginalFrom: number[];
  /** The lasting shift, and how far it may lie to either side, on the scale of the comparison. */
  shift: number[];
  reach: number[];
  /** The same since the start that the evidence speaks of most, where one comparison goes on over several steps. */
  late?: { shift: number[]; reach: number[] };
  /** The smallest relative effect that matters at the level of the baseline so far. */
  margin: number[];
  /** The baseline's value so far; of a share, half an event more, so that it is never zero. */
  level: number[];
  /** Values of all windows so far that counted, weighed by their events; NaN before the first. */
  baseline: number[];
  candidate: number[];
  /** Events of the candidate so far. */
  candidateEvents: number[];
  warmUp: ReadonlySet<number>;
  /**
   * The relative effect at which the metric would just have been worse, or just not: had each window of the candidate
   * lain higher or lower by as much.
   */
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
  ofFailures: boolean;
  policy: MetricPolicy;
  learnt?: LearntMetric;
  stages: readonly Stage[];
  shifts: Shifts;
  starts: ReadonlySet<number>;
  warmUp: ReadonlySet<number>;
  /** Harm may begin with a later step, and what was healthy before it says nothing against it. */
  overSteps: boolean;
  /** Requests behind each window, as a harmonic mean of the arms, for gauges that rest on them. */
  events: readonly (number | undefined)[];
};

export function track(question: TrackQuestion): Track {
  const { name, series, policy, stages, starts, warmUp } = question;
  const scale = effectScale(series.kind, policy);
  let stage = stages[0] ?? unmeasured;
  let following = 1;
  let { pairs } = stage;
  const column = (): number[] => new Array<number>(pairs.length).fill(Number.NaN);
  const made: Track = {
    name,
    kind: series.kind,
    worse: series.worse,
    ofFailures: question.ofFailures,
    policy,
    noise: stage.noise,
    boundary: stage.boundary,
    scale,
    pairs,
    counted: column(),
    evidence: column(),
    highest: column(),
    worseFrom: column(),
    marginalFrom: column(),
    shift: column(),
    reach: column(),
    ...(question.overSteps ? { late: { shift: column(), reach: column() } } : {}),
    margin: column(),
    level: column(),
    baseline: column(),
    candidate: column(),
    candidateEvents: column(),
    warmUp,
    wouldCross: () => crossingEffect(question, made, root),
  };
  const sums = { calm: 0, baseline: 0, baselineWeight: 0, candidate: 0, candidateWeight: 0 };
  let follower = follow(stage.noise, question.shifts);
  let highest = Number.NEGATIVE_INFINITY;
  /** What a step on the scale of roots means, as the windows lie on it. */
  let root = 1;
  for (let window = 0; window < pairs.length; window++) {
    const next = stages[following];
    if (next?.from === window) {
      following += 1;
      const other = next.noise !== stage.noise || next.reference !== stage.reference;
      stage = next;
      if (other) {
        pairs = stage.pairs;
        // What earlier windows showed on another scale, or under another noise, is shown again on this one.
        ({ follower, highest } = followed(question, stage.noise, pairs.slice(0, window), 0));
      }
    }
    if (starts.has(window)) follower.mayBegin();
    const pair = pairs[window];
    const counts = isPair(pair) && !warmUp.has(window);
    if (counts) {
      addPair(follower, pair, thinner(question, stage.noise, window), 0);
      const left = pair.baseline.events ?? 1;
      sums.calm += (pair.baseline.shown * left) / burstAt(series, window, stage.reference);
      const right = pair.candidate.events ?? 1;
      sums.baseline += pair.baseline.shown * left;
      sums.baselineWeight += left;
      sums.candidate += pair.candidate.shown * right;
      sums.candidateWeight += right;
    } else {
      follower.skip();
    }
    const evidence = counts ? follower.evidence() : Number.NaN;
    if (evidence > highest) highest = evidence;
    const { effect, error } = follower.estimate();
    const level = levelOf(series.kind, sums);
    root = rootLevel(series.kind, levelOf(series.kind, { ...sums, baseline: sums.calm }), stage.reference);
    made.counted[window] = follower.windows();
    made.evidence[window] = evidence;
    made.highest[window] = highest;
    made.worseFrom[window] = stage.boundary.worse;
    made.marginalFrom[window] = stage.boundary.marginal;
    made.shift[window] = effect / root;
    made.reach[window] = (stage.boundary.reach * error) / root;
    if (made.late !== undefined) {
      const since = follower.strongest();
      made.late.shift[window] = since.effect / root;
      made.late.reach[window] = (stage.boundary.reach * since.error) / root;
    }
    made.margin[window] = marginAt(policy, series.kind, level, stage.reference);
    made.level[window] = level;
    made.baseline[window] = sums.baseline / sums.baselineWeight;
    made.candidate[window] = sums.candidate / sums.candidateWeight;
    made.candidateEvents[window] = sums.candidateWeight;
  }
  return Object.assign(made, { noise: stage.noise, boundary: stage.boundary, pairs });
}

const unmeasured: Stage = {
  from: 0,
  noise: defaultNoise("gauge", 1),
  reference: 1,
  pairs: [],
  boundary: { worse: Number.POSITIVE_INFINITY, marginal: Number.POSITIVE_INFINITY, reach: 0 },
};

/** These windows once more, on another scale or with the candidate moved, and the highest evidence that they show. */
function followed(
  question: TrackQuestion,
  noise: Noise,
  pairs: readonly WindowPair[],
  offset: number,
): { follower: Follower; highest: number } {
  const follower = follow(noise, question.shifts);
  let highest = Number.NEGATIVE_INFINITY;
  for (const [window, pair] of pairs.entries()) {
    if (question.starts.has(window)) follower.mayBegin();
    if (isPair(pair) && !question.warmUp.has(window)) {
      addPair(follower, pair, thinner(question, noise, window), offset);
      highest = Math.max(highest, follower.evidence());
    } else follower.skip();
  }
  return { follower, highest };
}

function addPair(follower: Follower, { baseline, candidate }: Pair, thin: number, offset: number): void {
  follower.add(baseline.value, candidate.value + offset, baseline.sampling + thin, candidate.sampling + thin);
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
function thinner({ series, learnt, events }: TrackQuestion, noise: Noise, window: number): number {
  const usual = learnt?.events;
  const here = events[window];
  if (series.kind !== "gauge" || usual === undefined || here === undefined || !(here > 0)) return 0;
  return here < usual / 1.5 ? 0.5 * noise.scatter ** 2 * (usual / here - 1) : 0;
}

/** The search goes as far as an offset of this size, which no boundary outlasts. */
const farthest = 4;

function crossingEffect(question: TrackQuestion, made: Track, root: number): number | undefined {
  const { pairs, boundary, worse, scale, noise } = made;
  const up = worse === "lower" ? -1 : 1;
  const at = (offset: number): { crossed: boolean; effect: number } => {
    const { follower, highest } = followed(question, noise, pairs, up * offset);
    return { crossed: highest >= boundary.worse, effect: follower.estimate().effect };
  };
  let below = -farthest;
  let above = farthest;
  if (worse === "either" || at(below).crossed || !at(above).crossed) return undefined;
  for (let step = 0; step < 20; step++) {
    const middle = (below + above) / 2;
    if (at(middle).crossed) above = middle;
    else below = middle;
  }
  return scale.relative(at(above).effect / root);
}
