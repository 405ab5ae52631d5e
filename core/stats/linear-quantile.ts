/**
 * The value below which `share` of sorted values lie, on the straight line between the two nearest ones: what R calls
 * type 7 and NumPy "linear" (Hyndman and Fan 1996). `quantileSorted` of simple-statistics takes one of the values
 * instead, which jumps as a window slides. NaN where there are no values.
 *
 * Example: linearQuantile(Float64Array.of(1, 2, 3, 4), 0.25) is 1.75.
 */
export function linearQuantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[below + 1];
  return high === undefined ? low : low + (place - below) * (high - low);
}
