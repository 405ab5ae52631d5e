import { optional } from "../optional.ts";
import { failuresOf, firstShare, goodShare, policyOfFailures } from "./complement.ts";
import { type Judged, verdictAfter, type WindowRules } from "./conclude.ts";
import { windowsOf } from "./difference.ts";
import { eventsAt, type Learnt, type LearntMetric } from "./learnt.ts";
import type { Measurements, MetricSeries } from "./measurements.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { type Boundary, boundaryOf } from "./noise/boundary.ts";
import { effectScale } from "./noise/effect-scale.ts";
import type { Noise } from "./noise/noise.ts";
import { laterStartsOf, sizesOf } from "./shifts.ts";
import { stagesOf } from "./stages.ts";
import type { StepAsks } from "./step-asks.ts";
import { type Track, track } from "./track.ts";
import { warmUpOf } from "./warm-up.ts";

export type Context = {
  /** Windows that the comparison may take; as many as were measured where absent. */
  windowsPlanned?: number;
  /** Windows that begin with a new weight, from 0; those that follow it within the warm-up are left out. */
  steps?: readonly number[];
  /** What guardrails, service levels and probes say of each window. */
  rules?: WindowRules;
  /** What the step at hand asks for, where one comparison goes on over several. */
  step?: StepAsks;
};

/** Judges rollouts under one policy and one history; what rollouts of about the same traffic share is worked out once. */
export type Analyzer = {
  judge(measurements: Measurements, context?: Context): Judged;
  tracks(measurements: Measurements, context?: Context): Track[];
};

export function analyzer(policy: AnalysisPolicy, learnt: Learnt): Analyzer {
  const boundaries = new Map<string, Boundary>();

  const boundaryFor = (question: Parameters<typeof boundaryOf>[0], key: string): Boundary => {
    const known = boundaries.get(key);
    if (known !== undefined) return known;
    const found = boundaryOf(question);
    boundaries.set(key, found);
    return found;
  };

  const tracks = (measurements: Measurements, context: Context = {}): Track[] => {
    const counting = Object.entries(measurements.metrics);
    const events = eventsAt(measurements);
    const warmUp = warmUpOf(context.steps ?? [], policy, measurements.window_seconds);
    // The alarms of all metrics together keep policy's rate even where no two of them ever coincide.
    const falseAlarms = policy.falseAlarms / Math.max(1, counting.length);
    return counting.map(([name, told]) => {
      const own = policy.metric(name, told.worse, told.kind);
      const usable = usableFor(learnt.metrics.get(name), told, measurements.window_seconds);
      const good = goodShare(told, usable ? usable.good : firstShare(told));
      const series = good === undefined ? told : failuresOf(told);
      const metric = good === undefined ? own : policyOfFailures(own, good);
      const measured = windowsOf(series);
      const windows = Math.max(context.windowsPlanned ?? 0, measured, 1);
      const { sizes, weights } = sizesOf(effectScale(series.kind, metric), metric.target, series.worse);
      const starts = laterStartsOf(windows, context.steps ?? [], context.step !== undefined);
      const shifts = { sizes, weights, laterStarts: starts.size };
      const question = [name, series.worse, metric.target, falseAlarms, windows, ...starts].join("|");
      let last: { noise: Noise; traffic: string; boundary: Boundary } | undefined;
      const stages = stagesOf(
        series,
        metric,
        measured,
        usable,
        measurements.window_seconds,
        context.steps ?? [],
        (noise, schedule) => {
          // Most stages ask what the one before them asked.
          if (last?.noise === noise && last.traffic === schedule.key) return last.boundary;
          const level = noise.levelSpread < Number.POSITIVE_INFINITY;
          const key = `${question}|${level}|${noise.scatter}|${schedule.key}`;
          const asked = { noise, path: schedule.path, windows, shifts, starts, falseAlarms };
          last = { noise, traffic: schedule.key, boundary: boundaryFor(asked, key) };
          return last.boundary;
        },
      );
      return track({
        name,
        series,
        ofFailures: good !== undefined,
        policy: metric,
        ...optional("learnt", usable),
        stages,
        shifts,
        starts,
        warmUp,
        overSteps: context.step !== undefined,
        events,
      });
    });
  };

  return {
    tracks,
    judge: (measurements, context = {}) => verdictAfter(tracks(measurements, context), policy, context),
  };
}

function usableFor(
  known: LearntMetric | undefined,
  { kind }: MetricSeries,
  windowSeconds: number,
): LearntMetric | undefined {
  return known?.kind === kind && known.noise.windowSeconds === windowSeconds ? known : undefined;
}
