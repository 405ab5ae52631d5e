import type { MetricSeries } from "../measurements.ts";

/** A share so many times the usual one is a burst; below that, what windows differ by is part of the noise. */
const timesUsual = 2;
/** So many bad events tell a share, and of no more windows than these. */
const enoughBad = 20;
const mostWindows = 5;

/**
 * How many times its usual share the baseline of a ratio fails while it has a burst; 1 in usual windows. What arms
 * differ by grows with the share: a machine that fails a tenth more often than another does so of many failures as of
 * few, so such a window is compared on its own scale. It is taken from the baseline's latest windows alone, so that
 * nothing the candidate does makes the noise louder.
 */
export function burstAt(series: MetricSeries, window: number, reference: number): number {
  if (series.kind !== "ratio") return 1;
  const { bad, total } = series.baseline;
  let failed = 0;
  let events = 0;
  for (let back = 0; back < mostWindows && back <= window && failed < enoughBad; back++) {
    const [some, of] = [bad[window - back], total[window - back]];
    if (some == null || of == null) continue;
    failed += some;
    events += of;
  }
  const share = Math.min(1, failed / events);
  return failed >= enoughBad && share >= timesUsual * reference ? share / reference : 1;
}
