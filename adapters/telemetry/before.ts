import { type Column, columnsOf } from "../../core/analysis/columns.ts";
import type { WindowPlan } from "../../core/analysis/plan-windows.ts";
import type { Part } from "../../core/analysis/questions.ts";
import type { Telemetry } from "../../core/ports.ts";
import { measure } from "./measure.ts";

/** Windows before the first one that tell what traffic there is. */
export const windowsBefore = 6;

/** What the baseline's queries answer of the windows before the first one. */
export async function askBefore(
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
