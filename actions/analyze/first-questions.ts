import { missingLabel, neededLabels } from "../../core/analysis/needed-labels.ts";
import type { WindowPlan } from "../../core/analysis/plan-windows.ts";
import { type Part, questionOf } from "../../core/analysis/questions.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import type { Telemetry } from "../../core/ports.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { armsToAsk } from "./prepare.ts";

/** A store that is not there is found out before the first window: its fault is thrown, and nothing waits for it. */
export async function askFirst(
  telemetry: Telemetry,
  [part]: readonly Part[],
  { firstEnd, windowSeconds }: WindowPlan,
): Promise<void> {
  if (part === undefined) return;
  const end = firstEnd - 2 * windowSeconds;
  await telemetry.read(questionOf(part, { firstEnd: end, lastEnd: end, stepSeconds: windowSeconds }));
}

const hourSeconds = 3600;

/** And so is a label that tells bad events apart and that no series has: without it every failure passes for a success. */
export async function checkLabels(
  telemetry: Telemetry,
  metrics: readonly ServiceMetric[],
  inputs: AnalyzeInputs,
  { windowSeconds, now, service }: { windowSeconds: number; now: number; service: string | undefined },
): Promise<void> {
  const toSeconds = Math.floor(now / 1000);
  for (const needed of neededLabels(metrics, armsToAsk(inputs), windowSeconds)) {
    const { selector } = needed;
    const between = { selector, fromSeconds: toSeconds - hourSeconds, toSeconds };
    const fault = missingLabel(needed, await telemetry.labelNames(between), service);
    if (fault !== undefined) throw fault;
  }
}
