import { lastEdge } from "./bucket-quantile.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { type Histogram, type Interpolation, valueAtRank } from "./value-at-rank.ts";
import { wilsonInterval } from "./wilson-interval.ts";

export type QuantileRatio = {
  /** First quantile over second. */
  ratio: number;
  lower: number;
  upper: number;
  /** Which of them lies beyond its last edge, so that the ratio is bounded from one side alone, or from none. */
  beyond: "neither" | "first" | "second" | "both";
};

/**
 * How a quantile of one histogram stands to that of another. Each has the values at both ends of Wilson's interval of
 * its share as its own limits (Woodruff 1952), and the logarithms of both are joined as Zou and Donner (2008) join
 * limits of two independent figures, which lets the interval lean as the histograms do. `dispersion` is how many times
 * wider than chance counts spread. `undefined` where a histogram is empty, or a quantile is not above 0.
 *
 * Example: of edges [1, 2, 4], the medians of [10, 80, 10] and [80, 10, 10] have ratio 2.4.
 */
export function compareQuantiles(
  first: Histogram,
  second: Histogram,
  share: number,
  {
    confidence = 0.95,
    dispersion = 1,
    interpolation = "linear",
  }: { confidence?: number; dispersion?: number; interpolation?: Interpolation } = {},
): QuantileRatio | undefined {
  const z = normalQuantile(0.5 + confidence / 2);
  const left = logLimits(first, share, z, dispersion, interpolation);
  const right = logLimits(second, share, z, dispersion, interpolation);
  if (!left || !right) return undefined;
  const ratio = left.value - right.value;
  return {
    ratio: Math.exp(ratio),
    lower: Math.exp(ratio - Math.hypot(left.value - left.lower, right.upper - right.value)),
    upper: Math.exp(ratio + Math.hypot(left.upper - left.value, right.value - right.lower)),
    beyond: left.beyond ? (right.beyond ? "both" : "first") : right.beyond ? "second" : "neither",
  };
}

type Limits = { value: number; lower: number; upper: number; beyond: boolean };

function logLimits(
  histogram: Histogram,
  share: number,
  z: number,
  dispersion: number,
  interpolation: Interpolation,
): Limits | undefined {
  const { bounds, counts } = histogram;
  let events = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) events += counts[bucket] ?? 0;
  const last = lastEdge(bounds);
  if (!(events > 0) || last === undefined) return undefined;
  const reach = wilsonInterval((share * events) / dispersion, events / dispersion, z);
  // Past the last edge a value is that edge or any higher one.
  const valueAt = (part: number, ifBeyond: number): number => {
    const value = valueAtRank(histogram, part * events, interpolation);
    return Math.log(value > last ? ifBeyond : value);
  };
  const value = valueAt(share, last);
  if (!Number.isFinite(value)) return undefined;
  return {
    value,
    lower: valueAt(reach.lower, last),
    upper: valueAt(reach.upper, Number.POSITIVE_INFINITY),
    beyond: valueAtRank(histogram, share * events, interpolation) > last,
  };
}
