import { wilsonInterval } from "../stats/wilson-interval.ts";
import { isPair } from "./difference.ts";
import type { Track } from "./track.ts";
import type { MetricState } from "./verdict.ts";

/** What one metric says after a window. */
export type StateAt = {
  track: Track;
  state: MetricState;
  /** Policy lets the rollout go on without it, and nothing was measured. */
  ignored: boolean;
  /** Both arms were measured in this very window. */
  measured: boolean;
  oneSided: boolean;
  counted: number;
  /** Highest evidence as a part of the boundary. */
  nearness: number;
};

export function metricStateAt(track: Track, window: number): StateAt {
  const last = Math.min(window, track.pairs.length - 1);
  const counted = track.counted[last] ?? 0;
  const pair = track.pairs[last];
  return {
    track,
    state: counted === 0 ? "unknown" : stateOf(track, last),
    ignored: counted === 0 && track.policy.noData === "ignore",
    measured: window <= last && !Number.isNaN(track.evidence[window] ?? Number.NaN),
    oneSided: pair !== undefined && !isPair(pair) && pair.why === "one-sided",
    counted,
    nearness: counted === 0 ? 0 : (track.highest[last] ?? 0) / (track.worseFrom[last] ?? 1),
  };
}

function stateOf(track: Track, window: number): MetricState {
  const { worse, scale } = track;
  const shift = track.shift[window] ?? 0;
  const reach = track.reach[window] ?? Number.POSITIVE_INFINITY;
  const margin = track.margin[window] ?? 0;
  const highest = track.highest[window] ?? 0;
  // What is worse has to matter as well: with much traffic the smallest shift is evident.
  const rises = worse === "higher" || (worse === "either" && shift > 0);
  const limit = Math.abs(scale.difference(rises ? margin : -margin));
  const harm = rises ? shift : -shift;
  const late = lateHarm(track, window, rises) ?? { harm, reach };
  const most = Math.max(harm, late.harm);
  // What is evident and lies within the margin all the same is no harm.
  const within = harm + reach <= limit;
  const settled = within && late.harm + late.reach <= limit;
  if (!settled && highest >= (track.worseFrom[window] ?? Number.POSITIVE_INFINITY))
    return most >= limit ? "worse" : "marginal";
  if (
    !settled &&
    (track.evidence[window] ?? 0) >= (track.marginalFrom[window] ?? Number.POSITIVE_INFINITY) &&
    most >= limit / 2
  )
    return "marginal";
  // Asked for what has to hold: of a figure that is none, nothing does.
  if (!within) return "unsure";
  // Where either way is bad, the other end has to be within its own margin.
  const other = Math.abs(scale.difference(rises ? -margin : margin));
  if (worse === "either" && !(reach - harm <= other)) return "unsure";
  return countsAllow(track, window) ? "healthy" : "unsure";
}

function lateHarm(
  { late }: Track,
  window: number,
  rises: boolean,
): { harm: number; reach: number } | undefined {
  const shift = late?.shift[window];
  const reach = late?.reach[window];
  if (shift === undefined || reach === undefined) return undefined;
  return { harm: rises ? shift : -shift, reach };
}

/** One-sided 95 %. */
const standardErrors = 1.645;

/**
 * Of a share, the candidate's own events have to speak as well: sixteen requests without an error say little, however
 * seldom the baseline fails.
 */
function countsAllow(track: Track, window: number): boolean {
  const { kind, worse, noise } = track;
  if (kind !== "ratio") return true;
  const events = (track.candidateEvents[window] ?? 0) / Math.max(1, noise.dispersion);
  const level = track.level[window] ?? 0;
  const margin = level * (track.margin[window] ?? 0);
  const { lower, upper } = wilsonInterval((track.candidate[window] ?? 0) * events, events, standardErrors);
  return (worse === "lower" || upper <= level + margin) && (worse === "higher" || lower >= level - margin);
}
