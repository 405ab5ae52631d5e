import { isPair, pairAt, type WindowPair, windowsOf } from "./difference.ts";
import type { MetricSeries } from "./measurements.ts";
import type { MetricPolicy } from "./metric-policy.ts";
import { burstAt } from "./noise/burst.ts";

/** The first `windows` of a metric on the scale of the comparison; all where absent. */
export function pairsOf(
  series: MetricSeries,
  policy: MetricPolicy,
  reference: number,
  windows: number = Number.POSITIVE_INFINITY,
): WindowPair[] {
  const count = Math.min(windows, windowsOf(series));
  const pairs: WindowPair[] = [];
  for (let window = 0; window < count; window++) {
    const usual = pairAt(series, window, policy, reference);
    const times = burstAt(series, window, reference);
    pairs.push(times > 1 ? inBurst(usual, pairAt(series, window, policy, reference * times)) : usual);
  }
  return pairs;
}

/** A burst counts more bad events, and is compared on its own scale; that it is surer than a usual window is not promised. */
function inBurst(usual: WindowPair, own: WindowPair): WindowPair {
  if (!isPair(usual) || !isPair(own)) return usual;
  return {
    baseline: { ...own.baseline, sampling: usual.baseline.sampling },
    candidate: { ...own.candidate, sampling: usual.candidate.sampling },
  };
}
