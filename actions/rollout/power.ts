import { askBefore, windowsBefore } from "../../adapters/telemetry/before.ts";
import { seriesOf } from "../../core/analysis/columns.ts";
import { type PlanPower, powerOfPlan as powerFrom } from "../../core/analysis/power-of-plan.ts";
import { decidingStep, longestOfStep, neededWindows } from "../../core/rollout/course.ts";
import type { NewPlan } from "../../core/rollout/plan.ts";
import { type Comparison, opened } from "../analyze/comparison.ts";
import { historyOf } from "../analyze/history.ts";
import { partsToAsk } from "../analyze/prepare.ts";
import type { AnalyzePorts } from "../analyze/run.ts";
import { type EvidenceInputs, inputsOfPlan, policyOfPlan } from "./evidence-inputs.ts";

/** What each step of a plan could show, by the traffic of the last windows: for a plan that nothing has moved of yet. */
export async function powerOfPlan(
  plan: NewPlan,
  given: EvidenceInputs,
  ports: AnalyzePorts,
): Promise<PlanPower> {
  const inputs = inputsOfPlan(plan, given, policyOfPlan(plan, ports.resolved));
  const { rollouts } = await historyOf(inputs, ports);
  return powerOfComparison(await opened(inputs, ports, { history: rollouts }), plan);
}

/** The same of a comparison whose steps are those of the plan. */
export async function powerOfComparison(comparison: Comparison, plan: NewPlan): Promise<PlanPower> {
  const { inputs, metrics, choice, judging, telemetry } = comparison;
  const { policy, learnt } = judging;
  const { windowSeconds } = comparison.plan;
  const deciding = decidingStep(plan);
  const stable = partsToAsk({ ...inputs, baseline: "concurrent" }, metrics, windowSeconds);
  const { columns, said } = await askBefore(telemetry, stable, comparison.plan);
  const decides = plan.steps[deciding];
  const longest = decides === undefined ? 1 : longestOfStep(decides, policy.longestWindows, windowSeconds);
  const power = powerFrom({
    ...{ policy, learnt, deciding, longest },
    before: seriesOf(metrics, columns, windowsBefore),
    baseline: choice.kind,
    steps: plan.steps.map((step) => ({ weight: step.share, windows: neededWindows(step, windowSeconds) })),
  });
  return { ...power, warnings: [...said, ...power.warnings] };
}
