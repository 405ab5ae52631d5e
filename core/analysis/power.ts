import type { Learnt } from "./learnt.ts";
import type { MetricSeries } from "./measurements.ts";
import type { AnalysisPolicy, MetricPolicy } from "./metric-policy.ts";
import { boundaryOf } from "./noise/boundary.ts";
import { effectScale } from "./noise/effect-scale.ts";
import { defaultNoise, type Noise } from "./noise/noise.ts";
import { countsPoint } from "./noise/schedule.ts";
import { type PathPoint, simulate } from "./noise/simulate.ts";
import { laterStartsOf, sizesOf } from "./shifts.ts";
import type { StepPower } from "./verdict.ts";

/** What is known of a metric's traffic before a step: counted in a window of the whole service. */
export type Traffic = {
  name: string;
  kind: MetricSeries["kind"];
  worse: MetricSeries["worse"];
  /** Events a window, both arms together, and how many of them are bad; of gauges and quantiles nothing. */
  events?: number;
  bad?: number;
};

export type PowerQuestion = {
  policy: AnalysisPolicy;
  learnt: Learnt;
  traffic: readonly Traffic[];
  /** Percent of the traffic that the candidate gets. */
  weight: number;
  /** Windows that the step takes, and the most that it may be lengthened to. */
  windows: number;
  longest: number;
};

const runs = 1500;
const seed = 7;

/**
 * Before anything moves: the chance that a step would see a doubled error rate or a p95 a fifth higher within its
 * windows, by simulating it with the learnt noise and the measured traffic; and the windows after which it would.
 */
export function powerOfStep({ policy, learnt, traffic, weight, windows, longest }: PowerQuestion): StepPower {
  const falseAlarms = policy.falseAlarms / Math.max(1, traffic.length);
  const looks = Math.max(windows, longest);
  const metrics = traffic.map((metric) => {
    const chances = chancesOf(metric, policy, learnt, weight, looks, falseAlarms);
    const enough = chances?.findIndex((chance) => chance >= policy.power) ?? -1;
    return {
      name: metric.name,
      target: targetOf(policy.metric(metric.name, metric.worse, metric.kind), metric),
      chance: chances?.[windows - 1] ?? null,
      windows_needed: enough < 0 ? null : enough + 1,
    };
  });
  return { weight, windows, metrics };
}

/** After each window, the chance that the evidence has crossed by then; undefined where traffic is not known. */
function chancesOf(
  metric: Traffic,
  policy: AnalysisPolicy,
  learnt: Learnt,
  weight: number,
  windows: number,
  falseAlarms: number,
): number[] | undefined {
  const own = policy.metric(metric.name, metric.worse, metric.kind);
  const known = learnt.metrics.get(metric.name);
  const noise = known?.kind === metric.kind ? known.noise : defaultNoise(metric.kind, policy.windowSeconds);
  const point = pointOf(metric, Math.min(0.999, Math.max(0.001, weight / 100)), noise);
  if (point === undefined) return undefined;
  const scale = effectScale(metric.kind, own);
  const starts = laterStartsOf(windows, []);
  const shifts = { ...sizesOf(scale, own.target, metric.worse), laterStarts: starts.size };
  const path = [point];
  const boundary = boundaryOf({ noise, path, windows, shifts, starts, falseAlarms });
  const crossed = new Float64Array(windows);
  const effect = (metric.worse === "lower" ? -1 : 1) * Math.abs(scale.difference(own.target));
  simulate({ noise, path, windows, shifts, starts, effect, runs, seed }, ({ evidence }) => {
    for (let window = 0; window < windows; window++)
      if ((evidence[window] ?? 0) >= boundary.worse) crossed[window] = (crossed[window] ?? 0) + 1;
  });
  return Array.from(crossed, (count) => count / runs);
}

function pointOf({ kind, events, bad }: Traffic, share: number, noise: Noise): PathPoint | undefined {
  if (kind !== "ratio") return { baseline: 0, candidate: 0 };
  if (events === undefined || bad === undefined || !(events > 0)) return undefined;
  // Where nothing was bad so far, half an event is the careful guess.
  const level = noise.reference ?? Math.min(1, (bad + 0.5) / (events + 1));
  return countsPoint(events * (1 - share), events * share, level);
}

function targetOf({ target, worse }: MetricPolicy, { name }: Traffic): string {
  if (target === 1 && worse !== "lower") return `${name} doubled`;
  return `${name} ${worse === "lower" ? "−" : "+"}${Math.round(target * 1000) / 10} %`;
}
