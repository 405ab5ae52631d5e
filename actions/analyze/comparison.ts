import { checkLabels } from "../../adapters/telemetry/check-labels.ts";
import type { Context } from "../../core/analysis/analyzer.ts";
import { armText } from "../../core/analysis/arm-text.ts";
import type { BaselineChoice } from "../../core/analysis/baseline.ts";
import { type Column, columnsOf } from "../../core/analysis/columns.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { planWindows, resumedPlan, type WindowPlan } from "../../core/analysis/plan-windows.ts";
import type { Power } from "../../core/analysis/power-before.ts";
import { type Part, sameOfBoth } from "../../core/analysis/questions.ts";
import type { ProbeFailure } from "../../core/analysis/rollout-rules.ts";
import { countParts } from "../../core/analysis/service-counts.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import { printable } from "../io.ts";
import { askFirst } from "./first-questions.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { type Judging, judgingOf } from "./judging.ts";
import { type About, aboutNames, aboutOf, environmentOf, serviceOf } from "./occasion.ts";
import { armsToAsk, baselineFor, partsToAsk, powerFor } from "./prepare.ts";
import type { AnalyzePorts } from "./run.ts";
import { baselineWish, metricsToAsk } from "./service-telemetry.ts";

export type Past = {
  history: readonly Measurements[];
  before?: Measurements;
  /** When the first step was reached, in seconds of Unix time; now, where absent. */
  startedSeconds?: number;
};

/** How the candidate's share goes, and what is asked of the windows. */
export type Course = {
  context: Context;
  /** Times of the changes of weight, in seconds of Unix time. */
  stepSeconds: readonly number[];
  /** Percent of the candidate in the first windows; undefined where nobody said. */
  weights(windows: number): (number | null)[] | undefined;
  /** Names the measurements, where a decision does not. */
  id?: string;
};

/** A comparison under way: what it was given, what it found out before the first window, and what it measured so far. */
export type Comparison = {
  inputs: AnalyzeInputs;
  ports: AnalyzePorts;
  judging: Judging;
  metrics: readonly ServiceMetric[];
  plan: WindowPlan;
  choice: BaselineChoice;
  columns: Column[];
  /** The baseline of the windows in which the candidate has everything, where the stable version of then is none. */
  ofWhole?: Column[];
  /** Events of the whole service, for the error budget. */
  counting: Column[];
  telemetry: ReturnType<AnalyzePorts["telemetry"]>;
  power: Power;
  course: Course;
  warnings: Set<string>;
  probed: Map<number, ProbeFailure[]>;
  /** Why the store did not answer when it was asked last. */
  silence: string[];
  /** Where the measurements are kept, once there are some. */
  kept?: string;
};

/** All that is known before the first window of a comparison that has one weight. */
export async function prepared(given: AnalyzeInputs, ports: AnalyzePorts, past: Past): Promise<Comparison> {
  const comparison = await opened(given, ports, past);
  const { inputs, metrics, choice, judging, telemetry, course } = comparison;
  const power = await powerFor(inputs, metrics, comparison.plan, choice, judging, telemetry);
  const windows = Math.max(power.motion.windows, windowsOf(past.before));
  return withPower(
    {
      ...comparison,
      plan: { ...comparison.plan, windows },
      course: { ...course, context: { ...course.context, windowsPlanned: windows } },
    },
    power,
  );
}

/** What the power comes to is told at once, and stands among the warnings. */
export function withPower(comparison: Comparison, power: Power): Comparison {
  for (const sentence of power.motion.sentences) comparison.ports.progress(sentence);
  const warnings = new Set([...comparison.warnings, ...power.warnings, ...power.motion.sentences]);
  return { ...comparison, power, warnings };
}

/** The same before anybody asked what the comparison could show. */
export async function opened(
  given: AnalyzeInputs,
  ports: AnalyzePorts,
  { history, before, startedSeconds: started }: Past,
): Promise<Comparison> {
  const { resolved } = ports;
  const inputs = { ...given, baseline: baselineWish(given, resolved) };
  const metrics = metricsToAsk(inputs, resolved);
  const environment = environmentOf(inputs, resolved);
  const service = serviceOf(inputs, resolved);
  const judging = judgingOf(
    resolved.policy,
    environment,
    { ...inputs, ...optional("service", service) },
    metrics,
    history,
  );
  const now = started ?? ports.now() / 1000;
  const startedSeconds = before?.started_at ? Date.parse(before.started_at) / 1000 : now;
  const { windowSeconds } = judging.policy;
  const { windows } = judging;
  const fresh = planWindows({
    startSeconds: startedSeconds,
    windowSeconds,
    windows,
    settleSeconds: inputs.settleSeconds,
  });
  const asked = partsToAsk(inputs, metrics, windowSeconds);
  checkResumed(before, windowSeconds, metrics, aboutOf(inputs, resolved));
  checkApart(inputs, asked);
  const counting = countParts(metrics, judging.rules, undefined);
  const telemetry = ports.telemetry(requestsFor([...asked, ...counting], judging.longest));
  await askFirst(telemetry, asked, fresh);
  await checkLabels(telemetry, metrics, armsToAsk(inputs), { windowSeconds, now: ports.now(), service });
  const plan = before?.started_at === undefined ? fresh : resumedPlan(fresh, before.started_at);
  const { choice, parts, warnings } = await baselineFor(inputs, asked, plan, telemetry);
  const reachable =
    counting.length === 0 ? [] : countParts(metrics, judging.rules, await telemetry.retentionSeconds());
  return {
    ...{ inputs, ports, judging, metrics, plan, choice, telemetry },
    columns: columnsOf(parts, before),
    counting: columnsOf(reachable),
    power: { motion: { goes: true, windows, sentences: [] }, warnings: [] },
    course: ofOneWeight(inputs.weight, windows, startedSeconds),
    warnings: new Set([...judging.warnings, ...warnings]),
    probed: new Map(),
    silence: [],
  };
}

/** The comparison begins with the step that it judges. */
function ofOneWeight(weight: number | undefined, windowsPlanned: number, startedSeconds: number): Course {
  return {
    context: { windowsPlanned, steps: [0] },
    stepSeconds: [startedSeconds],
    weights: (windows) => (weight === undefined ? undefined : new Array<number>(windows).fill(weight)),
  };
}

/** Each part once a window and once again where it was late, and what is asked beforehand. */
function requestsFor(parts: readonly Part[], windows: number): number {
  return parts.length * (2 * windows + 10) + 100;
}

function windowsOf(before: Measurements | undefined): number {
  const series = Object.values(before?.metrics ?? {});
  return Math.max(
    0,
    ...series.map((one) => (one.kind === "ratio" ? one.candidate.total : one.candidate).length),
  );
}

function checkResumed(
  before: Measurements | undefined,
  windowSeconds: number,
  metrics: readonly ServiceMetric[],
  about: About,
): void {
  if (before === undefined) return;
  // Files of before these were written have none of them, and every one of ours has an environment.
  const other =
    before.environment === undefined ? undefined : aboutNames.find((name) => before[name] !== about[name]);
  if (other !== undefined)
    throw new UserError(
      "bad-measurements",
      `The measurements to resume are of ${other} "${printable(before[other] ?? "")}", and this run is of ${other} "${printable(about[other] ?? "")}". Give resume what it was begun with, or start anew without resume.`,
    );
  const strangers = Object.keys(before.metrics).filter((name) => !metrics.some((one) => one.name === name));
  if (before.started_at !== undefined && before.window_seconds === windowSeconds && strangers.length === 0)
    return;
  throw new UserError(
    "bad-measurements",
    "The measurements to resume are of another comparison: window length, metrics and started_at have to be those of this one. Start anew without resume.",
  );
}

/** Another week may be the baseline of what runs unchanged; beside itself nothing can be compared. */
function checkApart({ candidate, stable, baseline }: AnalyzeInputs, parts: readonly Part[]): void {
  const text = armText(candidate);
  if (text === undefined || text !== armText(stable) || baseline === "same-time") return;
  if (sameOfBoth(parts).length === 0) return;
  throw new UserError(
    "bad-input",
    `candidate and stable are both "${printable(text)}", so that nothing tells them apart. Give the version that ran before in stable, on the command line --stable.`,
    exitCodes.usage,
  );
}
