import { optional } from "../optional.ts";
import { goodShare, policyOfFailures } from "./complement.ts";
import type { Learnt } from "./learnt.ts";
import type { AnalysisPolicy } from "./metric-policy.ts";
import { defaultNoise, type Noise } from "./noise/noise.ts";
import { countsPoint } from "./noise/schedule.ts";
import type { PathPoint } from "./noise/simulate.ts";
import { rollbackChances } from "./rollback-chances.ts";
import { comparedTraffic, type Traffic } from "./step-traffic.ts";
import { type JudgedTraffic, marginOfTraffic, withinMarginText } from "./target-margin.ts";
import { targetText } from "./target-text.ts";
import type { BaselineKind, StepPower } from "./verdict.ts";

type PlannedStep = {
  /** Percent of the traffic that the candidate gets. */
  weight: number;
  windows: number;
};

export type PowerQuestion = PlannedStep & {
  policy: AnalysisPolicy;
  learnt: Learnt;
  /** Of the whole service. */
  traffic: readonly Traffic[];
  baseline: BaselineKind;
  /** Steps of the same comparison that came before; what they show counts. */
  before?: readonly PlannedStep[];
  /** The most windows that the step may be lengthened to. */
  longest: number;
};

/**
 * Before anything moves: the chance that a doubled error rate, or a p95 a fifth higher, is taken back by the end of a
 * step, were it there from the first window on. By simulating steps and judge with the learnt noise, the measured
 * traffic and policy's margin; and the windows of the step after which the chance is as policy wants it.
 */
export function powerOfStep(question: PowerQuestion): StepPower {
  const { policy, traffic, weight, windows } = question;
  const falseAlarms = policy.falseAlarms / Math.max(1, traffic.length);
  const metrics = traffic.map((told) => {
    const one = judgedTraffic(told, question);
    const margin = marginOfTraffic(one.traffic, one.metric, one.noise);
    const chances = chancesOf(one, margin, question, falseAlarms);
    const enough = chances?.findIndex((chance) => chance >= policy.power) ?? -1;
    const text = targetText(one.own, told.name, one.good);
    return {
      name: told.name,
      target: text,
      chance: chances?.[windows - 1] ?? null,
      windows_needed: enough < 0 ? null : enough + 1,
      ...optional("within_margin", withinMarginText(one, margin, text)),
    };
  });
  return { weight, windows, metrics };
}

function judgedTraffic(told: Traffic, { policy, learnt }: PowerQuestion): JudgedTraffic {
  const own = policy.metric(told.name, told.worse, told.kind);
  const known = learnt.metrics.get(told.name);
  const usable = known?.kind === told.kind ? known : undefined;
  const noise = usable?.noise ?? defaultNoise(told.kind, policy.windowSeconds);
  const { events, bad } = told;
  const share = events === undefined || bad === undefined || !(events > 0) ? undefined : bad / events;
  const good = usable ? usable.good : goodShare(told, share);
  if (good === undefined) return { traffic: told, metric: own, noise, own };
  const failures =
    events === undefined || bad === undefined ? {} : { events, bad: Math.max(0, events - bad) };
  const traffic: Traffic = { ...told, worse: "higher", ...failures };
  return { traffic, metric: policyOfFailures(own, good), noise, own, good };
}

/** After each window of the step; undefined where traffic is not known. */
function chancesOf(
  { traffic, metric, noise }: JudgedTraffic,
  margin: number,
  { policy, baseline, before = [], weight, windows, longest }: PowerQuestion,
  falseAlarms: number,
): number[] | undefined {
  const steps = [...before, { weight, windows: Math.max(windows, longest) }];
  const path: PathPoint[] = [];
  const begins: number[] = [];
  for (const step of steps) {
    const { traffic: compared, share } = comparedTraffic([traffic], step.weight, baseline);
    const point = pointOf(compared[0] ?? traffic, Math.min(0.999, Math.max(0.001, share / 100)), noise);
    if (point === undefined) return undefined;
    begins.push(path.length);
    for (let window = 0; window < step.windows; window++) path.push(point);
  }
  const chances = rollbackChances({
    metric,
    kind: traffic.kind,
    noise,
    path,
    begins,
    margin,
    policy,
    falseAlarms,
  });
  return chances.slice(begins.at(-1));
}

function pointOf({ kind, events, bad }: Traffic, share: number, noise: Noise): PathPoint | undefined {
  if (kind !== "ratio") return { baseline: 0, candidate: 0 };
  if (events === undefined || bad === undefined || !(events > 0)) return undefined;
  // Where nothing was bad so far, half an event is the careful guess.
  const level = noise.reference ?? Math.min(1, (bad + 0.5) / (events + 1));
  return countsPoint(events * (1 - share), events * share, level);
}
