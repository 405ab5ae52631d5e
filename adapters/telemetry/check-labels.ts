import { missingLabel, neededLabels } from "../../core/analysis/needed-labels.ts";
import type { Arm } from "../../core/analysis/queries.ts";
import type { ServiceMetric } from "../../core/analysis/service-metrics.ts";
import type { Telemetry } from "../../core/ports.ts";

const hourSeconds = 3600;

/** A label that tells bad events apart and that no series has is found out at once: without it every failure passes for a success. */
export async function checkLabels(
  telemetry: Telemetry,
  metrics: readonly ServiceMetric[],
  arms: readonly Arm[],
  { windowSeconds, now, service }: { windowSeconds: number; now: number; service: string | undefined },
): Promise<void> {
  const toSeconds = Math.floor(now / 1000);
  for (const needed of neededLabels(metrics, arms, windowSeconds)) {
    const { selector } = needed;
    const between = { selector, fromSeconds: toSeconds - hourSeconds, toSeconds };
    const fault = missingLabel(needed, await telemetry.labelNames(between), service);
    if (fault !== undefined) throw fault;
  }
}
