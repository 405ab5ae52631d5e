import { analyze } from "../../core/analysis/analyze.ts";
import type { Context } from "../../core/analysis/analyzer.ts";
import { seriesOf } from "../../core/analysis/columns.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { startOf, type WindowPlan } from "../../core/analysis/plan-windows.ts";
import { rolloutReadings } from "../../core/analysis/rollout-readings.ts";
import { rolloutRules } from "../../core/analysis/rollout-rules.ts";
import { countsOf } from "../../core/analysis/service-counts.ts";
import type { Verdict, VerdictReason } from "../../core/analysis/verdict.ts";
import { optional } from "../../core/optional.ts";
import type { Comparison } from "./comparison.ts";
import type { Held } from "./held.ts";
import { aboutOf, environmentOf, occasionOf, serviceOf } from "./occasion.ts";

/** The verdict on the first windows. */
export function verdictOf(comparison: Comparison, windows: number): Verdict {
  const { inputs, ports, judging, plan, choice, power, startedSeconds } = comparison;
  const { warnings, probed, counting } = comparison;
  const measured = measuredSoFar(comparison, windows);
  const service = serviceOf(inputs, ports.resolved);
  const environment = environmentOf(inputs, ports.resolved);
  const rules = rolloutRules({
    policy: judging.policy,
    rules: judging.rules,
    readings: rolloutReadings(measured, judging.metrics, { environment, ...optional("service", service) }),
    firstEnd: plan.firstEnd,
    windowSeconds: plan.windowSeconds,
    stepSeconds: [startedSeconds],
    counts: countsOf(counting),
    probes: { onFailure: inputs.onProbeFailure, failed: (window) => probed.get(window) },
  });
  const occasion = occasionOf(inputs, ports.resolved, {
    baseline: choice.document,
    ...(power.step ? { power: [power.step] } : {}),
    warnings: [...warnings].slice(-mostWarnings),
  });
  const verdict = analyze(measured, judging.analyzer, judging, occasion, { ...contextOf(plan), rules });
  const [cause] = comparison.silence;
  if (cause === undefined || verdict.verdict !== "hold" || !forWantOfData.has(verdict.reason_code))
    return verdict;
  return { ...verdict, reason: `${cause} ${verdict.reason}` };
}

const forWantOfData: ReadonlySet<VerdictReason> = new Set<VerdictReason>([
  "no-data",
  "one-sided-data",
  "not-enough-data",
  "not-enough-evidence",
  "too-few-healthy-windows",
  "deadline",
]);

/** The comparison begins with the step that it judges. */
export function contextOf({ windows }: WindowPlan): Context {
  return { windowsPlanned: windows, steps: [0] };
}

const mostWarnings = 50;

/** What was measured in them; how it ended is said once that is known. */
export function measuredSoFar(
  { inputs, ports, plan, metrics, columns }: Comparison,
  windows: number,
): Measurements {
  const started = startOf(plan);
  const about = [serviceOf(inputs, ports.resolved), environmentOf(inputs, ports.resolved), started];
  return {
    schema_version: 1,
    id: inputs.decisionId ?? about.filter(Boolean).join(" "),
    ...aboutOf(inputs, ports.resolved),
    window_seconds: plan.windowSeconds,
    started_at: started,
    ...(inputs.weight === undefined
      ? {}
      : { weights: new Array<number | null>(windows).fill(inputs.weight) }),
    outcome: "cut-short",
    metrics: seriesOf(metrics, columns, windows),
  };
}

/** A verdict before anything was measured. */
export function heldVerdict(comparison: Comparison, { verdict, reason, sentence, missing }: Held): Verdict {
  return {
    ...(verdict === "hold"
      ? holding(comparison, verdictOf(comparison, 0), missing)
      : verdictOf(comparison, 0)),
    verdict,
    reason_code: reason,
    reason: sentence,
  };
}

/** What stands when the run cannot go on: a hold, whatever it looked like. */
export function cutShort(comparison: Comparison, windows: number, why: string): Verdict {
  const stood = verdictOf(comparison, windows);
  const missing = stood.waiting?.missing ?? [];
  return {
    ...holding(comparison, stood, missing),
    reason_code: "cut-short",
    reason: `${why} Until then: ${stood.reason}`,
  };
}

function holding({ plan, judging }: Comparison, verdict: Verdict, missing: string[]): Verdict {
  const { atDeadline } = judging.policy;
  const waiting = { missing, deadline_window: plan.windows, at_deadline: atDeadline, page: true };
  return { ...verdict, verdict: "hold", waiting };
}
