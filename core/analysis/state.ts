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
  const point = track.points[Math.min(window, track.points.length - 1)];
  const counted = point?.counted ?? 0;
  const measured = window < track.points.length && point?.evidence !== null && point !== undefined;
  return {
    track,
    state: point === undefined ? "unknown" : stateOf(track, window),
    ignored: counted === 0 && track.policy.noData === "ignore",
    measured,
    oneSided: point !== undefined && !isPair(point.pair) && point.pair.why === "one-sided",
    counted,
    nearness: point === undefined || counted === 0 ? 0 : point.highest / track.boundary.worse,
  };
}

function stateOf({ points, boundary, worse }: Track, window: number): MetricState {
  const point = points[window];
  if (
    point === undefined ||
    point.effect === null ||
    point.lower === null ||
    point.upper === null ||
    point.counted === 0
  )
    return "unknown";
  const { effect, lower, upper, margin, highest, evidence } = point;
  // What is worse has to matter as well: with much traffic the smallest shift is evident.
  const harm = worse === "either" ? Math.abs(effect) : worse === "lower" ? -effect : effect;
  if (highest >= boundary.worse) return harm >= margin ? "worse" : "marginal";
  if ((evidence ?? 0) >= boundary.marginal && harm >= margin / 2) return "marginal";
  const within =
    worse === "higher"
      ? upper <= margin
      : worse === "lower"
        ? lower >= -margin
        : upper <= margin && lower >= -margin;
  return within ? "healthy" : "unsure";
}
