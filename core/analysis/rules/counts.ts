import type { CountSeries } from "../measurements.ts";

/** Events of a span of time and how many of them were bad; null where nobody counted. */
export type Counts = { total: number | null; bad: number | null };

export const uncounted: Counts = { total: null, bad: null };

/** The share of bad events; undefined without counts, without events, and where the counts cannot be. */
export function badShare({ total, bad }: Counts): number | undefined {
  if (total === null || bad === null || !Number.isFinite(total)) return undefined;
  return total > 0 && bad >= 0 && bad <= total ? bad / total : undefined;
}

/** Of the windows of a span, so many have to be there; what is missing is taken to be like them. */
const leastCovered = 0.9;

/**
 * Sum of the last `windows` windows of a series up to and with `end` (from 1 on). Unknown where the series is shorter or
 * more than a tenth of it is missing: half an hour of counts is no answer for an hour.
 */
export function trailingCounts(series: CountSeries, end: number, windows: number): Counts {
  if (windows < 1) return uncounted;
  let total = 0;
  let bad = 0;
  let present = 0;
  for (let index = end - windows; index < end; index++) {
    const events = series.total[index] ?? null;
    const failures = series.bad[index] ?? null;
    if (events === null || failures === null) continue;
    total += events;
    bad += failures;
    present++;
  }
  return present < leastCovered * windows ? uncounted : { total, bad };
}
