import { askStore } from "../../adapters/telemetry/measure.ts";
import type { Measurements } from "../../core/analysis/measurements.ts";
import { oneMore } from "../../core/analysis/one-more.ts";
import { dueAt, windowsDue } from "../../core/analysis/plan-windows.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { UserError } from "../../core/errors.ts";
import { progressLine } from "../../core/render/verdict/progress.ts";
import { printable } from "../io.ts";
import { orStopped } from "../stopping.ts";
import { type Comparison, type Past, prepared } from "./comparison.ts";
import { heldBefore, probesOf } from "./held.ts";
import type { AnalyzeInputs } from "./inputs.ts";
import { type AnalyzePorts, writeMeasurements } from "./run.ts";
import { contextOf, cutShort, heldVerdict, measuredSoFar, verdictOf } from "./verdict-so-far.ts";

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
  let measured = 0;
  try {
    while (true) {
      const due = windowsDue(plan, ports.now() / 1000);
      if (due > measured) {
        const asked = await orStopped(askWindows(comparison, due), ports.stop);
        if (asked === undefined) break;
        const verdict = judged(comparison, due, measured);
        measured = due;
        const final = verdict.verdict === "promote" || verdict.verdict === "rollback";
        if (final || due >= plan.windows) return await conclude(verdict, measuredSoFar(comparison, due));
      }
      if (ports.stop.aborted) break;
      workAhead(comparison, measured);
      await ports.sleep(Math.max(0, dueAt(plan, measured) * 1000 - ports.now()), ports.stop);
      if (ports.stop.aborted) break;
    }
  } catch (error) {
    // What waiting cannot mend ends the run, and what was measured until then is kept all the same.
    if (error instanceof UserError && measured > 0)
      await conclude(cutShort(comparison, measured, error.message), measuredSoFar(comparison, measured));
    throw error;
  }
  return conclude(
    cutShort(comparison, measured, stoppedSentence(comparison, measured)),
    measuredSoFar(comparison, measured),
  );
}

function stoppedSentence({ plan, kept }: Comparison, measured: number): string {
  const stopped = `Stopped after ${measured} of ${plan.windows} windows.`;
  return kept === undefined || measured === 0
    ? stopped
    : `${stopped} Go on: adaptive-deploy analyze … --resume '${printable(kept)}'.`;
}

/** Shorter pauses than this are for sleeping. */
const leastPauseMs = 10_000;

/**
 * Boundaries take longest, and follow from the traffic alone: those of a window like the last are worked out while the
 * next one is waited for, so that its verdict comes with its data. The first is expected to be as the traffic before it.
 */
function workAhead(comparison: Comparison, measured: number): void {
  const { plan, judging, ports, power } = comparison;
  const pause = dueAt(plan, measured) * 1000 - ports.now();
  if (pause < leastPauseMs || judging.policy.kayenta !== undefined) return;
  const soFar = measuredSoFar(comparison, measured);
  const next = measured > 0 ? oneMore(soFar) : { ...soFar, metrics: power.expected ?? {} };
  judging.analyzer.tracks(next, contextOf(plan));
}

const longestLiveSeconds = 20;

/** Answers once all that is due is measured and written down. */
async function askWindows(comparison: Comparison, due: number): Promise<true> {
  const { inputs, ports, columns, counting, plan, telemetry, warnings, probed } = comparison;
  const seconds = Math.min(longestLiveSeconds, plan.windowSeconds / 2);
  const [{ notes, faults }, results] = await Promise.all([
    askStore(telemetry, [...columns, ...counting], plan, due),
    inputs.live.length === 0 ? [] : ports.probe(probesOf("live", inputs.live), seconds),
  ]);
  for (const warning of [...faults, ...notes]) warnings.add(warning);
  comparison.silence = faults;
  const failed = results.flatMap(({ ok, name, sentence }) => (ok ? [] : [{ name, sentence }]));
  if (inputs.live.length > 0) probed.set(due - 1, failed);
  comparison.kept = await writeMeasurements(ports.write, measuredSoFar(comparison, due));
  return true;
}

/** Judges, and tells every window that is new. */
function judged(comparison: Comparison, windows: number, before: number): Verdict {
  const verdict = verdictOf(comparison, windows);
  for (let window = before + 1; window <= verdict.at_window; window++)
    comparison.ports.progress(progressLine(verdict, window, comparison.silence[0]));
  return verdict;
}
