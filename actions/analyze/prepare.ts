import { askBefore, windowsBefore } from "../../adapters/telemetry/before.ts";
import { atShift, type BaselineChoice, chooseBaseline, nothingBefore } from "../../core/analysis/baseline.ts";
import { type Column, seriesOf } from "../../core/analysis/columns.ts";
import type { WindowPlan } from "../../core/analysis/plan-windows.ts";
import { hasPower, type Power, powerBefore } from "../../core/analysis/power-before.ts";
import { type Part, type PlannedArm, partsOf, sameOfBoth } from "../../core/analysis/questions.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import { optional } from "../../core/optional.ts";
import type { Telemetry } from "../../core/ports.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import type { Judging } from "./judging.ts";

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

function hasData({ values, buckets }: Column): boolean {
  return values.some((value) => value !== null) || buckets.some((one) => one !== null);
}

/** Before anything is compared: what the step would take back of harm. */
export async function powerFor(
  inputs: AnalyzeInputs,
  metrics: readonly ServiceMetric[],
  plan: WindowPlan,
  choice: BaselineChoice,
  { policy, learnt, longest }: Judging,
  telemetry: Telemetry,
): Promise<Power> {
  const { weight } = inputs;
  const about = { policy, learnt, baseline: choice.kind, weight, windows: plan.windows, longest };
  if (!hasPower(policy, weight)) return powerBefore({ ...about, before: {} });
  const stable = partsToAsk({ ...inputs, baseline: "concurrent" }, metrics, plan.windowSeconds);
  const { columns, said } = await askBefore(telemetry, stable, plan);
  const power = powerBefore({ ...about, before: seriesOf(metrics, columns, windowsBefore) });
  return { ...power, warnings: [...said, ...power.warnings] };
}
