import { askBefore, windowsBefore } from "../../adapters/telemetry/before.ts";
import { checkLabels } from "../../adapters/telemetry/check-labels.ts";
import { measure } from "../../adapters/telemetry/measure.ts";
import { type BaselineChoice, type BaselineWish, chooseBaseline } from "../../core/analysis/baseline.ts";
import { type Column, columnsOf, seriesOf } from "../../core/analysis/columns.ts";
import { armOf, type GateArm } from "../../core/analysis/gates/arms.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { startOf, windowEnd } from "../../core/analysis/plan-windows.ts";
import { rulePolicyOf } from "../../core/analysis/policy-of.ts";
import { type Part, type PlannedArm, partsOf, sameOfBoth } from "../../core/analysis/questions.ts";
import { countParts } from "../../core/analysis/service-counts.ts";
import { metricsOf, type ServiceMetric } from "../../core/analysis/service-metrics.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { UserError } from "../../core/errors.ts";
import { optional } from "../../core/optional.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import { thresholdsFor } from "../../core/policy/scope.ts";
import type { Telemetry } from "../../core/ports.ts";
import type { Known, Question } from "./judge.ts";
import type { Judges } from "./judge-apart.ts";
import type { Comparison } from "./store.ts";

export type Comparing = {
  policy: PolicyBundle;
  telemetry: Telemetry;
  candidate: GateArm;
  baseline: GateArm;
  /** Earlier rollouts of the service, read where noise is learnt. */
  past(): Promise<Measurements[]>;
  judges: Judges;
  now: Date;
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
  const { policy, telemetry } = about;
  const asking = await askingOf(comparison, about);
  const { metrics, choice, arms } = asking;
  const { windowSeconds } = plan;
  // Once some window was measured, what tells bad events apart was there.
  if (comparison.looked_to === 0)
    await checkLabels(telemetry, metrics, arms, { windowSeconds, now: about.now.getTime(), service });
  const shift = choice.shifts[0] ?? 0;
  const shifted = asking.parts.map((part) =>
    part.arm === "baseline" ? { ...part, shiftSeconds: shift } : part,
  );
  // A baseline that is none is not asked for: both arms alike would pass for a candidate without a fault.
  const asked = choice.kind === "none" ? shifted.filter(({ arm }) => arm === "candidate") : shifted;
  const columns = columnsOf(asked, comparison.measurements ?? undefined);
  const counting = await countingOf(comparison, metrics, policy, telemetry);
  const warnings = await measure(telemetry, [...columns, ...counting], plan, due);
  const measurements = {
    ...unmeasured(comparison),
    weights: Array.from({ length: due }, (_, window) => weightIn(comparison, window)),
    metrics: seriesOf(metrics, columns, due),
  };
  const question = { ...questionOf(comparison, about, asking, warnings), measurements, counting };
  const verdict = await about.judges.judge(question, () => knownOf(comparison, about, asking));
  return {
    measurements,
    counting: Object.fromEntries(counting.map((column) => [countName(column), column.values])),
    verdict: { ...verdict, service, environment },
    whole: columns.every((column) => answered(column, due)),
  };
}

/** Before the first window is over: what it will be judged with, by the traffic before it. */
export async function prepareFor(comparison: Comparison, about: Comparing): Promise<void> {
  const asking = await askingOf(comparison, about);
  await about.judges.prepare(questionOf(comparison, about, asking, []), () =>
    knownOf(comparison, about, asking),
  );
}

type Asking = { metrics: ServiceMetric[]; arms: PlannedArm[]; parts: Part[]; choice: BaselineChoice };

async function askingOf(
  comparison: Comparison,
  { policy, telemetry, candidate, baseline }: Comparing,
): Promise<Asking> {
  const { plan, service } = comparison;
  const metrics = serviceMetrics(policy, service);
  const arms = [
    { ...armOf("baseline", baseline), shiftSeconds: 0 },
    { ...armOf("candidate", candidate), shiftSeconds: 0 },
  ];
  const parts = partsOf(metrics, arms, plan.windowSeconds);
  const wish = policy.services?.services.find(({ name }) => name === service)?.telemetry?.baseline;
  const choice = await baselineOf(wish ?? "auto", sameOfBoth(parts).length > 0, comparison, telemetry);
  return { metrics, arms, parts, choice };
}

function questionOf(
  comparison: Comparison,
  { policy }: Comparing,
  { metrics, choice }: Asking,
  warnings: string[],
): Question {
  const { plan, service, environment, weights } = comparison;
  const key = `${comparison.id} ${plan.firstEnd} ${policy.version.hash}`;
  const occasion = { policyVersion: versionOf(policy), baseline: choice.document, warnings };
  return {
    ...{ key, service, environment, plan, policy, metrics, occasion },
    ...{ measurements: unmeasured(comparison), counting: [], steps: stepsOf(comparison) },
    baseline: choice.kind,
    ...optional("weight", weights[0]?.[1]),
  };
}

function unmeasured({ id, plan }: Comparison): Measurements {
  return { id, window_seconds: plan.windowSeconds, started_at: startOf(plan), metrics: {} };
}

/** Asked for once: a judge is kept between the windows of a comparison. */
async function knownOf(
  { plan, weights }: Comparison,
  { telemetry, past }: Comparing,
  { metrics, parts }: Asking,
): Promise<Known> {
  const rollouts = await past();
  if (weights[0] === undefined) return { past: rollouts, before: {} };
  const { columns } = await askBefore(telemetry, parts, plan);
  return { past: rollouts, before: seriesOf(metrics, columns, windowsBefore) };
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

/** What the error budget is counted from, with what was counted before. What the store keeps too little for is left out. */
async function countingOf(
  { counting, service, environment }: Comparison,
  metrics: readonly ServiceMetric[],
  policy: PolicyBundle,
  telemetry: Telemetry,
): Promise<Column[]> {
  const rules = rulePolicyOf(thresholdsFor(policy.thresholds, { service, environment }), policy);
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
