export type Histogram = {
  /** Upper edges, rising; what lies above the last one has no edge. */
  bounds: ArrayLike<number>;
  /** Events between the edges, not summed up. */
  counts: ArrayLike<number>;
};
export type Interpolation = "linear" | "log";

/**
 * The value that so many events of a histogram lie at or below. Within a bucket events are taken as spread evenly, over
 * the values (linear, as Prometheus' histogram_quantile does) or over their logarithms (log, where edges grow by a
 * factor). The first bucket begins at 0, or at its own edge where that is negative. What lies beyond the last edge is
 * taken as spread over one more bucket as wide as the last: a figure to measure spread with, not one to show.
 *
 * Example: of edges [1, 2] and counts [2, 2, 0], three events lie at or below 1.5.
 */
export function valueAtRank(histogram: Histogram, rank: number, interpolation: Interpolation): number {
  const { bounds, counts } = histogram;
  // A share of all events may come out a rounding above the whole number that it stands for.
  const enough = rank * (1 - 1e-12);
  let seen = 0;
  let last = 0;
  for (let bucket = 0; bucket < counts.length; bucket += 1) {
    const count = counts[bucket] ?? 0;
    if (count > 0) {
      last = bucket;
      if (seen + count >= enough)
        return within(bounds, bucket, Math.min(1, Math.max(0, rank - seen) / count), interpolation);
      seen += count;
    }
  }
  return within(bounds, last, 1, interpolation);
}

function within(
  bounds: ArrayLike<number>,
  bucket: number,
  part: number,
  interpolation: Interpolation,
): number {
  const low = edge(bounds, bucket - 1, interpolation);
  const high = edge(bounds, bucket, interpolation);
  if (part === 1) return high;
  if (interpolation === "log" && low > 0) return low * (high / low) ** part;
  return low + part * (high - low);
}

/** The upper edge of a bucket. */
function edge(bounds: ArrayLike<number>, bucket: number, interpolation: Interpolation): number {
  if (bucket < 0) return Math.min(0, bounds[0] ?? 0);
  const given = bounds[bucket];
  if (given !== undefined && Number.isFinite(given)) return given;
  const last = edge(bounds, bucket - 1, interpolation);
  const before = edge(bounds, bucket - 2, interpolation);
  return interpolation === "log" && before > 0 ? last * (last / before) : last + (last - before);
}
