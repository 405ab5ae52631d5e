import type { WindowPlan } from "../../core/analysis/plan-windows.ts";
import { type Part, questionOf } from "../../core/analysis/questions.ts";
import type { Telemetry } from "../../core/ports.ts";

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
