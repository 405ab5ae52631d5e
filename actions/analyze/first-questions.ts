import type { WindowPlan } from "../../core/analysis/plan-windows.ts";
import { missingLabel, neededLabels } from "../../core/analysis/needed-labels.ts";
import { type Part, questionOf } from "../../core/analysis/questions.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import type { Telemetry } from "../../core/ports.ts";
import type { AnalyzeInputs } from "./inputs.ts";

const hourSeconds = 3600;

/**
 * What a person has to mend is found out before the first window: a store that is not there (the question throws), and
 * a label by which bad ones are told apart that no series has.
 */
export async function askFirst(
  telemetry: Telemetry,
  parts: readonly Part[],
  { firstEnd, windowSeconds }: WindowPlan,
): Promise<void> {
  const [part] = parts;
  if (part === undefined) return;
  const end = firstEnd - 2 * windowSeconds;
  await telemetry.read(questionOf(part, { firstEnd: end, lastEnd: end, stepSeconds: windowSeconds }));
}

export async function checkLabels(
  telemetry: Telemetry,
  metrics: readonly ServiceMetric[],
  { stable, candidate }: AnalyzeInputs,
  { windowSeconds, nowSeconds, service }: { windowSeconds: number; nowSeconds: number; service?: string },
): Promise<void> {
  const arms = [
    { name: "baseline", variables: stable },
    { name: "candidate", variables: candidate },
  ] as const;
  const between = { fromSeconds: Math.floor(nowSeconds) - hourSeconds, toSeconds: Math.floor(nowSeconds) };
  for (const needed of neededLabels(metrics, arms, windowSeconds)) {
    const names = await telemetry.labelNames({ selector: needed.selector, ...between });
    const fault = missingLabel(needed, names, service);
    if (fault !== undefined) throw fault;
  }
}
