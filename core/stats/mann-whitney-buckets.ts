import { type MannWhitney, normalChance, type Side } from "./mann-whitney.ts";

/**
 * Mann and Whitney's test on two histograms with the same edges: what lies in one bucket is tied, and u is normal with
 * the variance that these ties leave it. Buckets are coarse, so the test sees less than it would on the values, and
 * never more. `dispersion` is how many times wider than chance counts spread from window to window: it divides both
 * sample sizes, since that many events tell as much as one. `undefined` where a histogram is empty.
 *
 * Example: mannWhitneyBuckets([10, 30, 60], [20, 40, 40]) has u 6100, of 10,000 pairs.
 */
export function mannWhitneyBuckets(
  first: ArrayLike<number>,
  second: ArrayLike<number>,
  { side = "either", dispersion = 1 }: { side?: Side; dispersion?: number } = {},
): MannWhitney | undefined {
  let firstSeen = 0;
  let secondSeen = 0;
  let u = 0;
  let ties = 0;
  for (let bucket = 0; bucket < Math.max(first.length, second.length); bucket += 1) {
    const ofFirst = (first[bucket] ?? 0) / dispersion;
    const ofSecond = (second[bucket] ?? 0) / dispersion;
    const equal = ofFirst + ofSecond;
    u += ofFirst * (secondSeen + ofSecond / 2);
    // Below one event of effect there is nobody to be tied with.
    if (equal > 1) ties += equal ** 3 - equal;
    firstSeen += ofFirst;
    secondSeen += ofSecond;
  }
  if (!(firstSeen > 0 && secondSeen > 0)) return undefined;
  return {
    u: u * dispersion * dispersion,
    superiority: u / (firstSeen * secondSeen),
    chance: normalChance({ u, ties }, firstSeen, secondSeen, side),
    exact: false,
  };
}
