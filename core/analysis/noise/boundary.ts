import type { Shifts } from "./follow.ts";
import type { Noise } from "./noise.ts";
import { type Path, simulate } from "./simulate.ts";

export type Boundary = {
  /** Evidence at which a metric counts as worse, on the scale of `Follower.evidence`. */
  worse: number;
  /** At which it counts as marginal: one rollout without an effect in ten crosses it once. */
  marginal: number;
  /** Standard errors to either side within which the shift stays at every look together, for `confidence`. */
  reach: number;
};

export type BoundaryQuestion = {
  noise: Noise;
  path: Path;
  windows: number;
  shifts: Shifts;
  starts: ReadonlySet<number>;
  /** Of rollouts without an effect, how many this metric may take back. */
  falseAlarms: number;
};

/** A tenth of rollouts without an effect may be slowed down once. */
const falseWarnings = 0.1;
const confidence = 0.9;
/** Before this window the effect's interval is not looked at. */
const firstLook = 2;
/** Of policy's rate, what the simulation may use: learnt noise is an estimate, and the rest is kept for its errors. */
const knownPart = 0.8;
const simulatedRuns = 4000;
const boundarySeed = 20_260_101;

/**
 * Where evidence has to stand for a false alarm to be as rare as policy says, over all looks of a rollout. Ville's
 * inequality gives a bound for any number of looks, 1 over the rate; simulating rollouts of this length with the learnt
 * noise, and with counts as small as the real ones, gives the figure itself.
 */
export function boundaryOf(question: BoundaryQuestion): Boundary {
  const { noise, path, windows, shifts, starts, falseAlarms } = question;
  const highest: number[] = [];
  const farthest: number[] = [];
  simulate(
    {
      noise,
      path,
      windows,
      shifts,
      starts,
      runs: simulatedRuns,
      seed: boundarySeed,
      distanceFrom: firstLook,
    },
    ({ evidence, distance }) => {
      highest.push(evidence[windows - 1] ?? Number.NEGATIVE_INFINITY);
      let far = 0;
      for (let window = firstLook; window < windows; window++)
        far = Math.max(far, Math.abs(distance[window] ?? 0));
      farthest.push(far);
    },
  );
  highest.sort((left, right) => left - right);
  farthest.sort((left, right) => left - right);
  const ville = -Math.log(falseAlarms);
  const worse = rarely(highest, knownPart * falseAlarms);
  return {
    worse: Math.max(0.5 * ville, worse),
    marginal: Math.max(0.5, Math.min(worse, rarely(highest, Math.max(falseWarnings, falseAlarms)))),
    reach: quantileOf(farthest, confidence),
  };
}

/** Above this quantile the highest evidence is taken to thin out evenly. */
const tailPart = 0.1;

/**
 * The value that so few exceed. The highest of a mean likelihood ratio has an exponential tail (Ville's inequality
 * bounds it by one of slope 1), so the mean excess over a high quantile tells the rest of it, which a simulation of
 * affordable size seldom reaches.
 */
function rarely(sorted: readonly number[], part: number): number {
  if (part >= tailPart) return quantileOf(sorted, 1 - part);
  const from = quantileOf(sorted, 1 - tailPart);
  const excesses = sorted.filter((value) => value > from).map((value) => value - from);
  const mean = excesses.reduce((sum, excess) => sum + excess, 0) / Math.max(1, excesses.length);
  return from + mean * Math.log(tailPart / part);
}

function quantileOf(sorted: readonly number[], part: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length))] ?? Number.POSITIVE_INFINITY;
}
