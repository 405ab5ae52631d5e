import { type Histogram, type Interpolation, valueAtRank } from "./value-at-rank.ts";

export type BucketQuantile = {
  value: number;
  /** How far the value would spread if as many events came again, from counting alone. */
  standardError: number;
  events: number;
  /** It lies beyond the last edge, so that the value is at least that edge, and nobody knows by how much. */
  beyond: boolean;
};

/**
 * A quantile of a histogram, with its standard error. The share of events below a quantile spreads by
 * √(share · (1 − share) / events); half the distance between the values at both ends of that spread is the error of the
 * value (Woodruff 1952), which holds across edges, where the density of one bucket would not. `dispersion` is how many
 * times wider than chance counts spread. `undefined` where there are no events.
 *
 * Example: of edges [0.1, 0.2] and counts [50, 50, 0], the quantile 0.75 is 0.15 ± 0.0087.
 */
export function bucketQuantile(
  histogram: Histogram,
  share: number,
  { interpolation = "linear", dispersion = 1 }: { interpolation?: Interpolation; dispersion?: number } = {},
): BucketQuantile | undefined {
  const { bounds, counts } = histogram;
  let events = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) events += counts[bucket] ?? 0;
  const last = lastEdge(bounds);
  if (!(events > 0) || !Number.isFinite(events) || last === undefined) return undefined;
  const value = valueAtRank(histogram, share * events, interpolation);
  const spread = Math.sqrt((share * (1 - share) * dispersion) / events);
  // Where the spread passes the highest or lowest event, the other half tells it alone.
  const up = Math.min(1, share + spread);
  const down = Math.max(0, share - spread);
  const distance =
    valueAtRank(histogram, up * events, interpolation) - valueAtRank(histogram, down * events, interpolation);
  return {
    value: Math.min(value, last),
    // Of more events than there are digits, both ends are one.
    standardError: up > down ? (distance * spread) / (up - down) : 0,
    events,
    beyond: value > last,
  };
}

/** The highest edge that is a number: a store may send +Inf as one of its own. */
export function lastEdge(bounds: ArrayLike<number>): number | undefined {
  for (let index = bounds.length - 1; index >= 0; index -= 1)
    if (Number.isFinite(bounds[index])) return bounds[index];
  return undefined;
}
