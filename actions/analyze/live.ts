import type { Measurements } from "../../core/analysis/measurements.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { UserError } from "../../core/errors.ts";
import { printable } from "../io.ts";
import { type Comparison, type Past, prepared } from "./comparison.ts";
import { heldBefore } from "./held.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { looking } from "./looking.ts";
import type { AnalyzePorts } from "./run.ts";
import { cutShort, heldVerdict, measuredSoFar } from "./verdict-so-far.ts";

type Conclude<Result> = (verdict: Verdict, measured: Measurements) => Promise<Result>;

/** Asks telemetry window by window until a verdict is final, the time is over, or the process is told to stop. */
export async function analyzeLive<Result>(
  inputs: AnalyzeInputs,
  ports: AnalyzePorts,
  past: Past,
  conclude: Conclude<Result>,
): Promise<Result> {
  const comparison = await prepared(inputs, ports, past);
  const { plan } = comparison;
  const held = await heldBefore(comparison);
  if (held !== undefined) return conclude(heldVerdict(comparison, held), measuredSoFar(comparison, 0));
  const { look, measured, again, workAhead } = looking(comparison);
  try {
    while (true) {
      const looked = await look();
      if (looked.code === "stopped") break;
      if (looked.code === "judged") {
        const { verdict } = looked;
        const final = verdict.verdict === "promote" || verdict.verdict === "rollback";
        if (final || measured() >= plan.windows)
          return await conclude(verdict, measuredSoFar(comparison, measured()));
      }
      if (ports.stop.aborted) break;
      workAhead();
      await ports.sleep(Math.max(0, again() - ports.now()), ports.stop);
      if (ports.stop.aborted) break;
    }
  } catch (error) {
    // What waiting cannot mend ends the run, and what was measured until then is kept all the same.
    if (error instanceof UserError && measured() > 0)
      await conclude(cutShort(comparison, measured(), error.message), measuredSoFar(comparison, measured()));
    throw error;
  }
  return conclude(
    cutShort(comparison, measured(), stoppedSentence(comparison, measured())),
    measuredSoFar(comparison, measured()),
  );
}

function stoppedSentence({ plan, kept }: Comparison, measured: number): string {
  const stopped = `Stopped after ${measured} of ${plan.windows} windows.`;
  return kept === undefined || measured === 0
    ? stopped
    : `${stopped} Go on: adaptive-deploy analyze … --resume '${printable(kept)}'.`;
}
