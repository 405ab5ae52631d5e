import { normalBelow } from "./normal-below.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { wilsonInterval } from "./wilson-interval.ts";

export type Proportion = { bad: number; total: number };
export type Interval = { estimate: number; lower: number; upper: number };
export type TwoProportions = {
  /** First share minus second, with Newcombe's interval. */
  difference: Interval;
  /** First share over second; 0.5 is added to each count, as it has to be where one is 0. */
  ratio: Interval;
  /** Standard deviations that the shares lie apart, were they drawn from one. */
  z: number;
  /** The chance of shares so far apart, on either side, were they drawn from one. */
  chance: number;
};

/**
 * Two shares of events beside each other. The difference has the interval that Newcombe (1998, method 10) builds out of
 * both Wilson intervals, the ratio has that of its logarithm with 0.5 added (Walter 1975), and the test pools both
 * shares. `dispersion` is how many times wider than chance the counts spread from window to window: that many events
 * tell as much as one, so everything is reckoned with counts divided by it. With 1, errors that come in bursts look like
 * proof. `undefined` where one side has no events.
 *
 * Example: twoProportions({ bad: 20, total: 1000 }, { bad: 10, total: 1000 }).difference is 0.01 from −0.0009 to 0.0216.
 */
export function twoProportions(
  first: Proportion,
  second: Proportion,
  { confidence = 0.95, dispersion = 1 }: { confidence?: number; dispersion?: number } = {},
): TwoProportions | undefined {
  if (!(first.total > 0 && second.total > 0)) return undefined;
  const left = { bad: first.bad / dispersion, total: first.total / dispersion };
  const right = { bad: second.bad / dispersion, total: second.total / dispersion };
  const reach = normalQuantile(0.5 + confidence / 2);
  const z = pooledScore(left, right);
  return {
    difference: newcombe(left, right, reach),
    ratio: adjustedRatio(left, right, reach),
    z,
    chance: 2 * normalBelow(-Math.abs(z)),
  };
}

function newcombe(left: Proportion, right: Proportion, z: number): Interval {
  const leftShare = left.bad / left.total;
  const rightShare = right.bad / right.total;
  const ofLeft = wilsonInterval(left.bad, left.total, z);
  const ofRight = wilsonInterval(right.bad, right.total, z);
  const estimate = leftShare - rightShare;
  return {
    estimate,
    lower: estimate - Math.hypot(leftShare - ofLeft.lower, ofRight.upper - rightShare),
    upper: estimate + Math.hypot(ofLeft.upper - leftShare, rightShare - ofRight.lower),
  };
}

function adjustedRatio(left: Proportion, right: Proportion, z: number): Interval {
  const log =
    Math.log((left.bad + 0.5) / (left.total + 0.5)) - Math.log((right.bad + 0.5) / (right.total + 0.5));
  const variance =
    1 / (left.bad + 0.5) - 1 / (left.total + 0.5) + 1 / (right.bad + 0.5) - 1 / (right.total + 0.5);
  const reach = z * Math.sqrt(Math.max(0, variance));
  return { estimate: Math.exp(log), lower: Math.exp(log - reach), upper: Math.exp(log + reach) };
}

function pooledScore(left: Proportion, right: Proportion): number {
  const pooled = (left.bad + right.bad) / (left.total + right.total);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / left.total + 1 / right.total));
  return deviation > 0 ? (left.bad / left.total - right.bad / right.total) / deviation : 0;
}
