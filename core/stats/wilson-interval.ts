/**
 * Between which shares a true share lies, given how many of some events were counted (Wilson 1927): the shares from
 * which what was seen is at most `z` standard deviations away. It never leaves 0 to 1, and says something at 0 of 20.
 * Counts need not be whole, as they are not once divided by a dispersion. Without events it is 0 to 1.
 *
 * Example: wilsonInterval(5, 100, 1.959964) is 0.0215 to 0.1118.
 */
export function wilsonInterval(counted: number, events: number, z: number): { lower: number; upper: number } {
  if (!(events > 0)) return { lower: 0, upper: 1 };
  const share = counted / events;
  const square = (z * z) / events;
  const centre = (share + square / 2) / (1 + square);
  const reach = (z / (1 + square)) * Math.sqrt((share * (1 - share)) / events + square / (4 * events));
  return {
    lower: counted <= 0 ? 0 : Math.max(0, centre - reach),
    upper: counted >= events ? 1 : Math.min(1, centre + reach),
  };
}
