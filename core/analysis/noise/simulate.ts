import { type Random, seeded } from "../../stats/random.ts";
import { rooted } from "../difference.ts";
import { beliefsOf, type Follower, follow, type Shifts } from "./follow.ts";
import type { Noise } from "./noise.ts";
import { recordTape, type Tape } from "./tape.ts";

/**
 * How the traffic of a rollout lies, one entry a window: what counting gives both arms as variance, and of ratios the
 * events themselves and the share of them that is usually bad.
 */
export type Path = PathPoint[];
export type PathPoint = {
  baseline: number;
  candidate: number;
  counts?: { baseline: number; candidate: number; share: number };
};

export type SimulationQuestion = {
  noise: Noise;
  /** Repeated where a rollout is longer than it is. */
  path: Path;
  windows: number;
  shifts: Shifts;
  /** Windows, from 0, from which on a later shift may have begun. */
  starts: ReadonlySet<number>;
  /** A shift of the candidate from the first window on, for power. */
  effect?: number;
  runs: number;
  seed: number;
  /** The effect and its distance from the truth are asked of these windows and later ones, from 0; absent: of none. */
  distanceFrom?: number;
};

/** After each window of each run: the highest evidence so far, the effect, and its distance in standard errors. */
export type SimulatedRun = { evidence: Float64Array; effect: Float64Array; distance: Float64Array };

/** Rollouts as the learnt noise makes them, judged as real ones are. */
export function simulate(question: SimulationQuestion, each: (run: SimulatedRun) => void): void {
  const { noise, path, windows, shifts, starts, effect = 0, runs, seed } = question;
  const distanceFrom = question.distanceFrom ?? windows;
  const random = seeded(seed);
  const run: SimulatedRun = {
    evidence: new Float64Array(windows),
    effect: new Float64Array(windows),
    distance: new Float64Array(windows),
  };
  const tapes = tapesOf(question);
  for (let count = 0; count < runs; count++) {
    const draw = drawn(noise, random);
    const follower = follow(noise, shifts, tapes);
    let highest = Number.NEGATIVE_INFINITY;
    for (let window = 0; window < windows; window++) {
      if (starts.has(window)) follower.mayBegin();
      draw.next();
      addWindow(follower, pointAt(path, window), draw, effect, noise, random);
      const evidence = follower.evidence();
      if (evidence > highest) highest = evidence;
      run.evidence[window] = highest;
      if (window < distanceFrom) continue;
      const estimate = follower.estimate();
      run.effect[window] = estimate.effect;
      run.distance[window] = (estimate.effect - effect) / estimate.error;
    }
    each(run);
  }
}

function pointAt(path: Path, window: number): PathPoint {
  return path[window % Math.max(1, path.length)] ?? { baseline: 0, candidate: 0 };
}

/** The traffic is the same in every run, and so is what the filters do with it, if a level is not taken from the first value. */
function tapesOf({ noise, path, windows, shifts, starts }: SimulationQuestion): Tape[] {
  const scatter = noise.scatter ** 2 / 2;
  const points = Array.from({ length: windows }, (_, window) => {
    const { baseline, candidate } = pointAt(path, window);
    return {
      baseline: scatter + noise.dispersion * baseline,
      candidate: scatter + noise.dispersion * candidate,
      begins: starts.has(window),
    };
  });
  return beliefsOf(noise, noise.level).map((belief) =>
    recordTape(noise, belief, 1 + shifts.laterStarts, points),
  );
}

function addWindow(
  follower: Follower,
  { baseline, candidate, counts }: PathPoint,
  draw: Drawn,
  effect: number,
  noise: Noise,
  random: Random,
): void {
  const left = draw.level + draw.left;
  const right = draw.level + draw.right + effect;
  const own = (draw.scale * noise.scatter) / Math.SQRT2;
  if (counts === undefined) {
    const chance = (sampling: number) =>
      draw.scale * Math.sqrt(noise.dispersion * sampling) * random.normal();
    follower.add(
      left + own * random.normal() + chance(baseline),
      right + own * random.normal() + chance(candidate),
      baseline,
      candidate,
    );
    return;
  }
  // Counts are drawn as counts, because the chance of small ones is lopsided.
  const dispersion = 1 + Math.max(0, noise.dispersion - 1) * draw.scale * draw.scale;
  const counted = (value: number, events: number): number => {
    const mean = Math.max(0, value / 2) ** 2 * counts.share * events;
    const bad = Math.min(events, countOf(mean, dispersion * Math.max(0.01, 1 - counts.share), random));
    return rooted(bad, events, counts.share).value;
  };
  follower.add(counted(left, counts.baseline), counted(right, counts.candidate), baseline, candidate);
}

const manyBad = 200;

/** A count whose variance is `dispersion` times its mean. */
function countOf(mean: number, dispersion: number, random: Random): number {
  if (mean > manyBad || dispersion < 1)
    return Math.max(0, mean + Math.sqrt(mean * dispersion) * random.normal());
  const over = dispersion - 1;
  return random.poisson(over > 0.01 ? over * random.gamma(mean / over) : mean);
}

type Drawn = { scale: number; level: number; left: number; right: number; next(): void };

/** One rollout's own noise: how loud it is, its level, its lasting difference, and what comes and goes. */
function drawn(noise: Noise, random: Random): Drawn {
  const { alikeness, driftCorrelation, sharedCorrelation } = noise;
  const scale = 1 / Math.sqrt(random.gamma(alikeness / 2) / (alikeness / 2));
  const lasting = (scale * likelyLasting(noise, random.uniform())) / Math.SQRT2;
  const leftLasting = lasting * random.normal();
  const rightLasting = lasting * random.normal();
  const spread = Number.isFinite(noise.levelSpread) ? noise.levelSpread : 0;
  const middle = noise.level + scale * spread * random.normal();
  const shared = wave(scale * noise.shared, sharedCorrelation, random);
  const leftDrift = wave((scale * noise.drift) / Math.SQRT2, driftCorrelation, random);
  const rightDrift = wave((scale * noise.drift) / Math.SQRT2, driftCorrelation, random);
  const made: Drawn = {
    scale,
    level: middle,
    left: 0,
    right: 0,
    next() {
      made.level = middle + shared();
      made.left = leftDrift() + leftLasting;
      made.right = rightDrift() + rightLasting;
    },
  };
  return made;
}

/** Values that come and go around zero. */
function wave(deviation: number, correlation: number, random: Random): () => number {
  const step = Math.sqrt(1 - correlation * correlation);
  let at = random.normal();
  return () => {
    const value = deviation * at;
    at = correlation * at + step * random.normal();
    return value;
  };
}

function likelyLasting({ lasting, lastingLikely }: Noise, chance: number): number {
  let left = chance;
  for (const { value, weight } of lastingLikely) {
    left -= weight;
    if (left <= 0) return value;
  }
  return lastingLikely.at(-1)?.value ?? lasting;
}
