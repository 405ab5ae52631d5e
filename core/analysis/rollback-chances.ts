import type { MetricSeries } from "./measurements.ts";
import type { AnalysisPolicy, MetricPolicy } from "./metric-policy.ts";
import { boundaryOf } from "./noise/boundary.ts";
import { effectScale } from "./noise/effect-scale.ts";
import type { Noise } from "./noise/noise.ts";
import { type Path, simulate } from "./noise/simulate.ts";
import { laterStartsOf, sizesOf } from "./shifts.ts";
import { timesSurer, windowsToKnow } from "./stages.ts";
import { warmUpOf } from "./warm-up.ts";

export type RollbackQuestion = {
  metric: MetricPolicy;
  kind: MetricSeries["kind"];
  noise: Noise;
  /** The traffic of every window, and the windows, from 0, that begin a step. */
  path: Path;
  begins: readonly number[];
  /** The smallest relative effect that matters. */
  margin: number;
  policy: Pick<AnalysisPolicy, "warmUpSeconds" | "windowSeconds">;
  falseAlarms: number;
};

const runs = 1500;
const seed = 7;

/**
 * After each window, the chance that policy's target was taken back by then: that its evidence had crossed the boundary
 * and that it lay beyond the margin, as the judge asks for both. Windows of a warm-up show nothing.
 */
export function rollbackChances(question: RollbackQuestion): number[] {
  const { metric, kind, noise, path, begins, margin, policy, falseAlarms } = question;
  const warmUp = warmUpOf(begins, policy, policy.windowSeconds);
  const counting = [...path.keys()].filter((window) => !warmUp.has(window));
  const windows = counting.length;
  if (windows === 0) return path.map(() => 0);
  const starts = new Set(
    [...laterStartsOf(path.length, begins)]
      .map((start) => counting.findIndex((window) => window >= start))
      .filter((start) => start > 0),
  );
  const scale = effectScale(kind, metric);
  const shifts = { ...sizesOf(scale, metric.target, metric.worse), laterStarts: starts.size };
  const counted = counting.flatMap((window) => path[window] ?? []);
  const simulated = { noise, path: counted, windows, shifts, starts };
  const boundary = boundaryOf({ ...simulated, falseAlarms });
  const direction = metric.worse === "lower" ? -1 : 1;
  const effect = direction * Math.abs(scale.difference(direction * metric.target));
  const limit = Math.abs(scale.difference(direction * margin));
  const unknown = kind === "gauge" && noise.rollouts === 0;
  const boundaryAt = counting.map((window) =>
    unknown && window + 1 < windowsToKnow ? timesSurer[metric.scale] * boundary.worse : boundary.worse,
  );
  const takenBack = new Float64Array(windows);
  simulate({ ...simulated, effect, runs, seed, distanceFrom: 0 }, (run) => {
    let found = false;
    for (let window = 0; window < windows; window++) {
      found ||=
        (run.evidence[window] ?? 0) >= (boundaryAt[window] ?? boundary.worse) &&
        direction * (run.effect[window] ?? 0) >= limit;
      if (found) takenBack[window] = (takenBack[window] ?? 0) + 1;
    }
  });
  let last = 0;
  return path.map((_, window) => {
    const index = counting.indexOf(window);
    if (index >= 0) last = (takenBack[index] ?? 0) / runs;
    return last;
  });
}
