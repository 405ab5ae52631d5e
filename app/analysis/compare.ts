import { measure } from "../../adapters/telemetry/measure.ts";
import { analyze } from "../../core/analysis/analyze.ts";
import { type Analyzer, analyzer } from "../../core/analysis/analyzer.ts";
import { type BaselineChoice, type BaselineWish, chooseBaseline } from "../../core/analysis/baseline.ts";
import { type Column, columnsOf, seriesOf } from "../../core/analysis/columns.ts";
import { armOf, type GateArm } from "../../core/analysis/gates/arms.ts";
import { type Learnt, learn } from "../../core/analysis/learnt.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import type { AnalysisPolicy } from "../../core/analysis/metric-policy.ts";
import { metricPolicies } from "../../core/analysis/metric-policy-of.ts";
import { startOf, windowEnd } from "../../core/analysis/plan-windows.ts";
import { analysisPolicyOf, type RulePolicy, rulePolicyOf } from "../../core/analysis/policy-of.ts";
import { partsOf, sameOfBoth } from "../../core/analysis/questions.ts";
import { rolloutReadings } from "../../core/analysis/rollout-readings.ts";
import { rolloutRules } from "../../core/analysis/rollout-rules.ts";
import { countParts, countsOf } from "../../core/analysis/service-counts.ts";
import { metricsOf, type ServiceMetric } from "../../core/analysis/service-metrics.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { UserError } from "../../core/errors.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import type { Telemetry } from "../../core/ports.ts";
import type { Comparison } from "./store.ts";

export type Comparing = {
  policy: PolicyBundle;
  telemetry: Telemetry;
  candidate: GateArm;
  baseline: GateArm;
  /** Earlier rollouts of the service, read where noise is learnt. */
  past(): Promise<Measurements[]>;
  judges: Judges;
};

export type Compared = {
  measurements: Measurements;
  counting: Comparison["counting"];
  verdict: Verdict;
  /** False where the store did not answer for some window: it is asked again before the next one. */
  whole: boolean;
};

/** Asks for the windows that are due and not yet known, and judges all of them under the policy as it is now. */
export async function compare(comparison: Comparison, due: number, about: Comparing): Promise<Compared> {
  const { plan, service, environment } = comparison;
  const { policy, telemetry, candidate, baseline } = about;
  const metrics = serviceMetrics(policy, service);
  const arms = [
    { ...armOf("baseline", baseline), shiftSeconds: 0 },
    { ...armOf("candidate", candidate), shiftSeconds: 0 },
  ];
  const parts = partsOf(metrics, arms, plan.windowSeconds);
  const wish = policy.services?.services.find(({ name }) => name === service)?.telemetry?.baseline;
  const choice = await baselineOf(wish ?? "auto", sameOfBoth(parts).length > 0, comparison, telemetry);
  const shift = choice.shifts[0] ?? 0;
  const shifted = parts.map((part) => (part.arm === "baseline" ? { ...part, shiftSeconds: shift } : part));
  // A baseline that is none is not asked for: both arms alike would pass for a candidate without a fault.
  const asked = choice.kind === "none" ? shifted.filter(({ arm }) => arm === "candidate") : shifted;
  const columns = columnsOf(asked, comparison.measurements ?? undefined);
  const judge = await judgeOf(comparison, metrics, about);
  const counting = await countingOf(comparison, metrics, judge, telemetry);
  const warnings = await measure(telemetry, [...columns, ...counting], plan, due);
  const measurements: Measurements = {
    id: comparison.id,
    window_seconds: plan.windowSeconds,
    started_at: startOf(plan),
    weights: Array.from({ length: due }, (_, window) => weightIn(comparison, window)),
    metrics: seriesOf(metrics, columns, due),
  };
  const occasion = { policyVersion: versionOf(policy), baseline: choice.document, warnings };
  const verdict = judged(comparison, measurements, metrics, counting, judge, occasion);
  return {
    measurements,
    counting: Object.fromEntries(counting.map((column) => [countName(column), column.values])),
    verdict: { ...verdict, service, environment },
    whole: columns.every((column) => answered(column, due)),
  };
}

/** What services.yaml says is measured of the service. */
export function serviceMetrics(policy: PolicyBundle, service: string): ServiceMetric[] {
  const declared = policy.services?.services.find(({ name }) => name === service);
  if (!declared)
    throw new UserError(
      "unknown-service",
      `services.yaml names no service "${service}". Ask for one that it names, or add it there.`,
    );
  if (!declared.telemetry)
    throw new UserError(
      "service-without-telemetry",
      `Nothing says what is measured of "${service}". Write telemetry: of the service in services.yaml.`,
    );
  // That nothing tells the arms apart is no fault here: another week may be the baseline.
  const anyBaseline = { ...declared.telemetry, baseline: "same-time" as const };
  const { metrics, faults } = metricsOf(anyBaseline, policy.queries);
  const [fault] = faults;
  if (fault) throw new UserError("policy-invalid", `The telemetry of "${service}": ${fault.message}.`);
  if (metrics.length > 0) return metrics;
  throw new UserError(
    "service-without-telemetry",
    `The telemetry of "${service}" holds no metric. Choose sets of queries.yaml, or write metrics.`,
  );
}

/** Controllers move traffic in parts, and Flagger never says how much of it: what nobody said is not all. */
const somePart = 50;

async function baselineOf(
  wish: BaselineWish,
  same: boolean,
  comparison: Comparison,
  telemetry: Telemetry,
): Promise<BaselineChoice> {
  const { plan, weights } = comparison;
  const weight = weights.at(-1)?.[1] ?? somePart;
  return chooseBaseline({
    wish,
    fresh: false,
    apart: !same,
    weight,
    retentionSeconds:
      same || weight === 100 || wish === "same-time" ? await telemetry.retentionSeconds() : undefined,
    lengthSeconds: plan.windows * plan.windowSeconds,
  });
}

/** What a comparison is judged with, kept between its windows: noise and boundaries are costly to work out. */
export type Judges = Map<string, Judge>;
type Judge = { policy: AnalysisPolicy; rules: RulePolicy; learnt: Learnt; analyzer: Analyzer };
const mostJudges = 200;

async function judgeOf(
  { id, plan, service, environment }: Comparison,
  metrics: readonly ServiceMetric[],
  { policy: bundle, past, judges }: Comparing,
): Promise<Judge> {
  const key = `${id} ${plan.firstEnd} ${bundle.version.hash}`;
  const known = judges.get(key);
  if (known) return known;
  const thresholds = thresholdsFor(bundle.thresholds, { service, environment });
  const described = new Map(metrics.map(({ name, metric }) => [name, metric] as const));
  const policy = {
    ...analysisPolicyOf(thresholds, metricPolicies(described)),
    windowSeconds: plan.windowSeconds,
  };
  const learnt = learn(await past(), policy);
  const rules = rulePolicyOf(thresholds, bundle);
  const judge = { policy, rules, learnt, analyzer: analyzer(policy, learnt) };
  judges.set(key, judge);
  for (const oldest of judges.keys()) if (judges.size > mostJudges) judges.delete(oldest);
  return judge;
}

/** What the error budget is counted from, with what was counted before. What the store keeps too little for is left out. */
async function countingOf(
  { counting }: Comparison,
  metrics: readonly ServiceMetric[],
  { rules }: Judge,
  telemetry: Telemetry,
): Promise<Column[]> {
  if (countParts(metrics, rules, undefined).length === 0) return [];
  const columns = columnsOf(countParts(metrics, rules, await telemetry.retentionSeconds()));
  return columns.map((column) => {
    const values = [...(counting[countName(column)] ?? [])];
    return { ...column, values, answers: values.map(() => 0) };
  });
}

const countName = ({ part }: Column): string => `${part.metric} ${part.asked}`;

function versionOf({ version: { hash, commit } }: PolicyBundle): { hash: string; commit: string } {
  return { hash, commit };
}

function judged(
  comparison: Comparison,
  measurements: Measurements,
  metrics: readonly ServiceMetric[],
  counting: readonly Column[],
  { policy, rules, learnt, analyzer }: Judge,
  occasion: Parameters<typeof analyze>[3],
): Verdict {
  const { plan, service, environment } = comparison;
  const described = new Map(metrics.map(({ name, metric }) => [name, metric] as const));
  const starts = stepsOf(comparison);
  const windowRules = rolloutRules({
    policy,
    rules,
    readings: rolloutReadings(measurements, described, { service, environment }),
    firstEnd: plan.firstEnd,
    windowSeconds: plan.windowSeconds,
    stepSeconds: starts.map((window) => windowEnd(plan, window) - plan.windowSeconds),
    counts: countsOf(counting),
    probes: { onFailure: "hold", failed: () => undefined },
  });
  const context = { windowsPlanned: plan.windows, steps: starts, rules: windowRules };
  return analyze(measurements, analyzer, { policy, learnt }, occasion, context);
}

/** The weight at the end of a window, from whoever asked last before it; null where nobody said. */
function weightIn({ plan, weights }: Comparison, window: number): number | null {
  const end = windowEnd(plan, window);
  return weights.findLast(([from]) => from < end)?.[1] ?? null;
}

/** Windows that begin a step, from 0: the first one, and those in which the weight changed. */
function stepsOf({ plan, weights }: Comparison): number[] {
  const windows = weights
    .slice(1)
    .map(([from]) => Math.floor((from - (plan.firstEnd - plan.windowSeconds)) / plan.windowSeconds));
  return [...new Set([0, ...windows.filter((window) => window > 0)])];
}

function answered({ answers }: Column, due: number): boolean {
  return answers.length >= due;
}
