import { measure } from "../../adapters/telemetry/measure.ts";
import { atShift, type BaselineChoice, chooseBaseline, nothingBefore } from "../../core/analysis/baseline.ts";
import { type Column, columnsOf, seriesOf } from "../../core/analysis/columns.ts";
import type { WindowPlan } from "../../core/analysis/plan-windows.ts";
import { powerOfStep, type Traffic } from "../../core/analysis/power.ts";
import { type Part, type PlannedArm, partsOf, sameOfBoth } from "../../core/analysis/questions.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import { comparedTraffic, type Motion, motionOf, trafficOf } from "../../core/analysis/step-power.ts";
import type { StepPower } from "../../core/analysis/verdict.ts";
import { optional } from "../../core/optional.ts";
import type { Telemetry } from "../../core/ports.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import type { Judging } from "./judging.ts";

/** Windows before the first one that tell what traffic there is. */
const windowsBefore = 6;

/** Both arms, the baseline as if it were measured now. */
export function armsToAsk({ candidate, stable, fresh, baseline }: AnalyzeInputs): PlannedArm[] {
  const own = baseline === "concurrent" || baseline === "same-time" ? undefined : fresh;
  return [
    { name: "baseline", variables: own ?? stable, shiftSeconds: 0 },
    { name: "candidate", variables: candidate, shiftSeconds: 0 },
  ];
}

/** Every query of both arms. */
export function partsToAsk(
  inputs: AnalyzeInputs,
  metrics: readonly ServiceMetric[],
  windowSeconds: number,
): Part[] {
  return partsOf(metrics, armsToAsk(inputs), windowSeconds);
}

/** The baseline that the store can give, with the parts moved to where it is measured. */
export async function baselineFor(
  inputs: AnalyzeInputs,
  parts: readonly Part[],
  plan: WindowPlan,
  telemetry: Telemetry,
): Promise<{ choice: BaselineChoice; parts: Part[]; warnings: string[] }> {
  const question = {
    wish: inputs.baseline,
    fresh: inputs.fresh !== undefined,
    apart: sameOfBoth(parts).length === 0,
    ...optional("weight", inputs.weight),
    lengthSeconds: plan.windows * plan.windowSeconds + windowsBefore * plan.windowSeconds,
  };
  const first = chooseBaseline({ ...question, retentionSeconds: undefined });
  if (first.kind !== "same-time") return { choice: first, parts: [...parts], warnings: [] };
  const choice = chooseBaseline({ ...question, retentionSeconds: await telemetry.retentionSeconds() });
  const warnings: string[] = [];
  for (const shift of choice.shifts) {
    const moved = shifted(parts, shift);
    const { columns, said } = await askBefore(telemetry, moved, plan);
    warnings.push(...said);
    // A store that does not answer may do so in a moment: that it has nothing there is another answer.
    const silent = columns.every(({ answers }) => answers.length === 0);
    if (silent || columns.some(hasData)) return { choice: atShift(choice, shift), parts: moved, warnings };
  }
  return { choice: choice.kind === "none" ? choice : nothingBefore(choice), parts: [...parts], warnings };
}

function shifted(parts: readonly Part[], shiftSeconds: number): Part[] {
  return parts.map((part) => (part.arm === "baseline" ? { ...part, shiftSeconds } : part));
}

/** What the baseline's queries answer of the windows before the first one. */
async function askBefore(
  telemetry: Telemetry,
  parts: readonly Part[],
  plan: WindowPlan,
): Promise<{ columns: Column[]; said: string[] }> {
  const columns = columnsOf(parts.filter(({ arm }) => arm === "baseline"));
  // The window that ends just now is not whole yet.
  const firstEnd = plan.firstEnd - (windowsBefore + 2) * plan.windowSeconds;
  const said = await measure(telemetry, columns, { ...plan, firstEnd }, windowsBefore);
  return { columns, said };
}

function hasData({ values, buckets }: Column): boolean {
  return values.some((value) => value !== null) || buckets.some((one) => one !== null);
}

export type Power = { step?: StepPower; motion: Motion; warnings: string[] };

/** Before anything is compared: what the step would see of harm, from stable's traffic of the last windows. */
export async function powerBefore(
  inputs: AnalyzeInputs,
  metrics: readonly ServiceMetric[],
  plan: WindowPlan,
  choice: BaselineChoice,
  judging: Judging,
  telemetry: Telemetry,
): Promise<Power> {
  const { policy, learnt, longest } = judging;
  const goes = { goes: true, windows: plan.windows, sentences: [] };
  // Power is that of our own boundaries, and Kayenta's judge has none.
  if (policy.kayenta !== undefined) return { motion: goes, warnings: [] };
  if (inputs.weight === undefined || inputs.weight === 0)
    return {
      motion: goes,
      warnings: [
        "No power was stated, because the weight is not known: say in `weight` what the candidate has.",
      ],
    };
  const stable = partsToAsk({ ...inputs, baseline: "concurrent" }, metrics, plan.windowSeconds);
  const { columns, said } = await askBefore(telemetry, stable, plan);
  const measured = trafficOf({ metrics: seriesOf(metrics, columns, windowsBefore) });
  const { traffic, share } = comparedTraffic(measured, inputs.weight, choice.kind);
  const known = traffic.filter((one: Traffic) => one.kind !== "ratio" || one.events !== undefined);
  if (known.length === 0)
    return { motion: goes, warnings: [...said, "No power was stated: stable's traffic was not measured."] };
  const { windows } = plan;
  const step = powerOfStep({ policy, learnt, traffic, weight: share, windows, longest });
  const motion = motionOf(step, traffic, policy, longest);
  return { step: { ...step, weight: inputs.weight, windows: motion.windows }, motion, warnings: said };
}
