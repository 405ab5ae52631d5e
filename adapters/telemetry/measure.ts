import { type Column, firstToAsk, writeAnswer } from "../../core/analysis/columns.ts";
import { type WindowPlan, windowEnd } from "../../core/analysis/plan-windows.ts";
import { questionOf } from "../../core/analysis/questions.ts";
import { UserError } from "../../core/errors.ts";
import type { Telemetry } from "../../core/ports.ts";
import { plain } from "../../core/render/escape.ts";
import type { TelemetryReason } from "./fault.ts";

/** Reasons that may be gone at the next window. All else is for a person to mend, and waiting would not help. */
const passing: ReadonlySet<string> = new Set<TelemetryReason>([
  "telemetry-unreachable",
  "telemetry-timeout",
  "telemetry-busy",
  "telemetry-unavailable",
  "telemetry-not-prometheus",
  "telemetry-too-large",
  "telemetry-budget",
]);

/**
 * Asks what is missing of the windows that are due, each query once and all at the same time, and writes it into the
 * columns. A fault that may pass leaves its windows without a value and is told as a warning.
 */
export async function measure(
  telemetry: Telemetry,
  columns: readonly Column[],
  plan: WindowPlan,
  due: number,
): Promise<string[]> {
  const said = await Promise.all(columns.map((column) => ask(telemetry, column, plan, due)));
  return [...new Set(said.flat())];
}

async function ask(telemetry: Telemetry, column: Column, plan: WindowPlan, due: number): Promise<string[]> {
  const from = firstToAsk(column, due);
  if (from === undefined) return [];
  const question = questionOf(column.part, {
    firstEnd: windowEnd(plan, from),
    lastEnd: windowEnd(plan, due - 1),
    stepSeconds: plan.windowSeconds,
  });
  try {
    const answer = await telemetry.read(question);
    writeAnswer(column, from, due - from, answer);
    const partial = answer.partial ? ["parts of the store did not answer, so these windows are unknown"] : [];
    return [...partial, ...answer.warnings].map((warning) => `${question.name}: ${plain(warning, 300)}`);
  } catch (error) {
    if (error instanceof UserError && passing.has(error.reasonCode)) return [error.message];
    throw error;
  }
}
