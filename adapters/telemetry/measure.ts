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

export function mayPass({ reasonCode }: UserError): boolean {
  return passing.has(reasonCode);
}

export type Told = {
  /** What the store says of its answers. */
  notes: string[];
  /** Why it did not answer, the same of several questions once. */
  faults: string[];
};

/**
 * Asks what is missing of the windows that are due, each query once and all at the same time, and writes it into the
 * columns. A fault that may pass leaves its windows without a value and is told as a warning.
 */
export async function askStore(
  telemetry: Telemetry,
  columns: readonly Column[],
  plan: WindowPlan,
  due: number,
): Promise<Told> {
  const said = await Promise.all(columns.map((column) => ask(telemetry, column, plan, due)));
  return {
    notes: [...new Set(said.flatMap(({ notes = [] }) => notes))],
    faults: merged(said.flatMap(({ fault }) => fault ?? [])),
  };
}

/** The same, with all that is to be told in one list. */
export async function measure(...asked: Parameters<typeof askStore>): Promise<string[]> {
  const { notes, faults } = await askStore(...asked);
  return [...faults, ...notes];
}

type Fault = { name: string; message: string };

/** A store that is down is so for every question: that is one sentence and not one for each of them. */
function merged(faults: readonly Fault[]): string[] {
  const alike = new Map<string, Fault[]>();
  for (const fault of faults) {
    const cause = fault.message.replaceAll(fault.name, "");
    alike.set(cause, [...(alike.get(cause) ?? []), fault]);
  }
  return [...alike.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    if (others.length === 0) return [first.message];
    return [first.message.replace(first.name, () => `${first.name} and ${others.length} more`)];
  });
}

async function ask(
  telemetry: Telemetry,
  column: Column,
  plan: WindowPlan,
  due: number,
): Promise<{ notes?: string[]; fault?: Fault }> {
  const from = firstToAsk(column, due);
  if (from === undefined) return {};
  const question = questionOf(column.part, {
    firstEnd: windowEnd(plan, from),
    lastEnd: windowEnd(plan, due - 1),
    stepSeconds: plan.windowSeconds,
  });
  try {
    const answer = await telemetry.read(question);
    writeAnswer(column, from, due - from, answer);
    const partial = answer.partial ? ["parts of the store did not answer, so these windows are unknown"] : [];
    const notes = [...partial, ...answer.warnings];
    return { notes: notes.map((warning) => `${question.name}: ${plain(warning, 300)}`) };
  } catch (error) {
    if (error instanceof UserError && mayPass(error))
      return { fault: { name: plain(question.name), message: error.message } };
    throw error;
  }
}
