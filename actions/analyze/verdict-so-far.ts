import { analyze } from "../../core/analysis/analyze.ts";
import { type Column, seriesOf } from "../../core/analysis/columns.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import { startOf } from "../../core/analysis/plan-windows.ts";
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
  const { inputs, ports, judging, plan, choice, power, course } = comparison;
  const { warnings, probed, counting } = comparison;
  const policy = policyOfStep(comparison);
  const measured = measuredSoFar(comparison, windows);
  const service = serviceOf(inputs, ports.resolved);
  const environment = environmentOf(inputs, ports.resolved);
  const rules = rolloutRules({
    policy: judging.policy,
    rules: judging.rules,
    readings: rolloutReadings(measured, judging.metrics, { environment, ...optional("service", service) }),
    firstEnd: plan.firstEnd,
    windowSeconds: plan.windowSeconds,
    stepSeconds: course.stepSeconds,
    counts: countsOf(counting),
    probes: { onFailure: inputs.onProbeFailure, failed: (window) => probed.get(window) },
  });
  const occasion = occasionOf(inputs, ports.resolved, {
    baseline: choice.document,
    ...optional("power", power.steps ?? (power.step && [power.step])),
    warnings: [...warnings].slice(-mostWarnings),
  });
  const verdict = analyze(measured, judging.analyzer, { ...judging, policy }, occasion, {
    ...course.context,
    rules,
  });
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

/** A step of several asks for healthy windows of its own. */
function policyOfStep({ judging: { policy }, course }: Comparison): AnalysisPolicy {
  const { step } = course.context;
  return step === undefined ? policy : { ...policy, healthyWindows: step.healthyWindows };
}

const mostWarnings = 50;

/** What was measured in them; how it ended is said once that is known. */
export function measuredSoFar(comparison: Comparison, windows: number): Measurements {
  const { inputs, ports, plan, metrics, course } = comparison;
  const started = startOf(plan);
  const about = [serviceOf(inputs, ports.resolved), environmentOf(inputs, ports.resolved), started];
  return {
    schema_version: 1,
    id: course.id ?? inputs.decisionId ?? about.filter(Boolean).join(" "),
    ...aboutOf(inputs, ports.resolved),
    window_seconds: plan.windowSeconds,
    started_at: started,
    ...optional("weights", course.weights(windows)),
    outcome: "cut-short",
    metrics: seriesOf(metrics, columnsSoFar(comparison, windows), windows),
  };
}

/** Where the candidate has everything, what is left of the stable version is no baseline: another week is, or none. */
function columnsSoFar({ columns, ofWhole, course }: Comparison, windows: number): readonly Column[] {
  if (ofWhole === undefined) return columns;
  const whole = course.weights(windows)?.map((weight) => weight === 100) ?? [];
  return columns.map((column) => {
    if (column.part.arm !== "baseline") return column;
    const { metric, asked } = column.part;
    const other = ofWhole.find(({ part }) => part.metric === metric && part.asked === asked);
    const of = <Value>(own: readonly Value[], others: readonly Value[] = []) =>
      whole.map((all, window) => (all ? others : own)[window] ?? null);
    return {
      ...column,
      values: of(column.values, other?.values),
      buckets: of(column.buckets, other?.buckets),
    };
  });
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

function holding({ plan, judging, course }: Comparison, verdict: Verdict, missing: string[]): Verdict {
  const { atDeadline } = judging.policy;
  const waiting = {
    missing,
    deadline_window: course.context.step?.until ?? plan.windows,
    at_deadline: atDeadline,
    page: true,
  };
  return { ...verdict, verdict: "hold", waiting };
}
