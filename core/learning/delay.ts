import { linearQuantile } from "../stats/linear-quantile.ts";
import type { Word } from "./word.ts";

const secondsADay = 86_400;
/** What comes out later than this says more of how long lines live than of how a change was rolled out. */
const longestSeconds = 180 * secondsADay;
const shortestSeconds = 7 * secondsADay;
/** Where too few failures are known to measure it by. */
const usualSeconds = 90 * secondsADay;
const fewest = 20;
const known = 0.9;

/** How long a change has to stay quiet until it counts, and whether that was measured or is what is usual. */
export type Delay = { seconds: number; isMeasured: boolean };

/**
 * The time by which nine of ten failures of this repository were known. Measured of changes that are older than the longest delay alone, for of newer ones the quick failures are known only.
 */
export function delayOf(
  changes: readonly { commit: string; at: number }[],
  words: readonly Word[],
  until: number,
): Delay {
  const first = new Map<string, number>();
  for (const { commit, at, says } of words)
    if (says === "failed") first.set(commit, Math.min(at, first.get(commit) ?? at));
  const delays = changes.flatMap(({ commit, at }) => {
    const delay = Math.max(0, (first.get(commit) ?? Number.POSITIVE_INFINITY) - at);
    return at <= until - longestSeconds && delay <= longestSeconds ? [delay] : [];
  });
  if (delays.length < fewest) return { seconds: usualSeconds, isMeasured: false };
  const measured = linearQuantile(Float64Array.from(delays).sort(), known);
  return { seconds: Math.ceil(Math.max(shortestSeconds, measured)), isMeasured: true };
}
