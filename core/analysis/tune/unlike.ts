import { mean, median } from "simple-statistics";
import { autocovariance } from "../../stats/autocovariance.ts";
import { ewmaDrift } from "../../stats/ewma-drift.ts";
import { robustScale, robustScore } from "../../stats/robust-score.ts";
import type { LearntMetric } from "../learnt.ts";
import type { Measurements } from "../measurements.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import { type PastWindows, pastWindows } from "./past-windows.ts";

/** A past rollout to look at before one learns from it. */
export type Unlike = { id: string; metric: string } & (
  | { what: "level"; score: number }
  | { what: "drift"; from_window: number }
);

/** Robust scores from which a rollout is named, and how wide the limits of drift are. */
const farScore = 3.5;
const width = 3.5;
const newest = 0.2;

/** Rollouts whose baseline lay elsewhere than that of the others all along, or drifted away from where it began. */
export function unlikeOthers(
  name: string,
  metric: LearntMetric,
  history: readonly Measurements[],
  policy: AnalysisPolicy,
): Unlike[] {
  const past = pastWindows(name, metric, history, policy);
  const scale = robustScale(past.map(({ baseline }) => mean(baseline)));
  if (scale === undefined) return [];
  const far = past.flatMap(({ id, baseline }): Unlike[] => {
    const score = robustScore(mean(baseline), scale);
    return Math.abs(score) > farScore ? [{ id, metric: name, what: "level", score }] : [];
  });
  return [...far, ...drifted(name, past)];
}

/** Windows hang together, so their average strays farther than that of independent ones: the limits know how far. */
function drifted(metric: string, past: readonly PastWindows[]): Unlike[] {
  const usual = past.flatMap(({ baseline }) => {
    const [variance = 0, next = 0] = autocovariance(baseline, 1);
    return variance > 0 ? [{ deviation: Math.sqrt(variance), correlation: next / variance }] : [];
  });
  if (usual.length === 0) return [];
  const correlation = Math.min(0.95, Math.max(0, median(usual.map((one) => one.correlation))));
  const kept = (1 - newest) * correlation;
  const deviation = median(usual.map((one) => one.deviation)) * Math.sqrt((1 + kept) / (1 - kept));
  return past.flatMap(({ id, baseline, all }): Unlike[] => {
    const windows = ewmaDrift(all, { centre: median(baseline), deviation, newest, width });
    const first = windows.findIndex(({ outside }) => outside);
    return first < 0 ? [] : [{ id, metric, what: "drift", from_window: first + 1 }];
  });
}
