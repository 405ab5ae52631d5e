import { pointAt, type Track } from "./track.ts";
import type { MetricVerdict } from "./verdict.ts";

type Effect = NonNullable<MetricVerdict["effect"]>;

/** The effect after a window in the unit that people read: points of a share, else percent, else the metric's own. */
export function effectOf(track: Track, window: number): Effect | null {
  const { kind, policy, noise } = track;
  const point = pointAt(track, window);
  if (!point) return null;
  const [unit, times]: [Effect["unit"], number] =
    kind === "ratio"
      ? ["points", 100 * point.level]
      : policy.scale === "linear"
        ? ["number", noise.reference ?? 1]
        : ["percent", 100];
  const shown = (relative: number): number => bounded(relative * times);
  const [lowest, highest] = [shown(point.lower), shown(point.upper)];
  const effect = {
    unit,
    estimate: track.ofFailures ? -shown(point.effect) : shown(point.effect),
    lower: track.ofFailures ? -highest : lowest,
    upper: track.ofFailures ? -lowest : highest,
    margin: shown(point.margin),
  };
  const { estimate, lower, upper, margin } = effect;
  // Sums of values near the largest number are infinite, and their quotients no number at all.
  return [estimate, lower, upper, margin].some(Number.isNaN) ? null : effect;
}

/** A value of the comparison as people read it: of failures, the share that went well. */
export function toldValue({ ofFailures }: Track, value: number | null | undefined): number | null {
  if (value == null || !Number.isFinite(value)) return null;
  return ofFailures ? 1 - value : value;
}

export function toldWorse({ ofFailures, worse }: Track): Track["worse"] {
  return ofFailures ? "lower" : worse;
}

const largest = 1e12;
const bounded = (value: number): number => Math.min(largest, Math.max(-largest, value));
