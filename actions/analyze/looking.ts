import { askStore } from "../../adapters/telemetry/measure.ts";
import { oneMore } from "../../core/analysis/one-more.ts";
import { dueAt, windowsDue } from "../../core/analysis/plan-windows.ts";
import type { Verdict } from "../../core/analysis/verdict.ts";
import { progressLine } from "../../core/render/verdict/progress.ts";
import { orStopped } from "../stopping.ts";
import type { Comparison } from "./comparison.ts";
import { probesOf } from "./held.ts";
import { writeMeasurements } from "./run.ts";
import { measuredSoFar, verdictOf } from "./verdict-so-far.ts";

/** What a look came to: nothing new, or the verdict on all windows so far; `stopped` where the process was told to. */
export type Looked = { code: "stopped" } | { code: "waiting" } | { code: "judged"; verdict: Verdict };

/** A comparison that is looked at again and again: each look asks for the windows that are due, and judges all of them. */
export type Looking = {
  /** Windows that were measured. */
  measured(): number;
  /** With `anew`, the same windows are judged once more: something else is asked of them. */
  look(anew?: boolean): Promise<Looked>;
  /** Milliseconds of Unix time at which there is more to see. */
  again(): number;
  /** Works out beforehand what the next verdict takes, where there is time for it. */
  workAhead(): void;
};

export function looking(comparison: Comparison): Looking {
  const { plan, ports } = comparison;
  let measured = 0;
  return {
    measured: () => measured,
    look: async (anew = false) => {
      const due = windowsDue(plan, ports.now() / 1000);
      if (due <= measured && !(anew && measured > 0)) return { code: "waiting" };
      if (due > measured) {
        const asked = await orStopped(askWindows(comparison, due), ports.stop);
        if (asked === undefined) return { code: "stopped" };
      }
      const verdict = judged(comparison, Math.max(due, measured), measured);
      measured = Math.max(due, measured);
      return { code: "judged", verdict };
    },
    again: () => dueAt(plan, measured) * 1000,
    workAhead: () => workAhead(comparison, measured),
  };
}

/** Shorter pauses than this are for sleeping. */
const leastPauseMs = 10_000;

/**
 * Boundaries take longest, and follow from the traffic alone: those of a window like the last are worked out while the
 * next one is waited for, so that its verdict comes with its data. The first is expected to be as the traffic before it.
 */
function workAhead(comparison: Comparison, measured: number): void {
  const { plan, judging, ports, power, course } = comparison;
  const pause = dueAt(plan, measured) * 1000 - ports.now();
  if (pause < leastPauseMs || judging.policy.kayenta !== undefined) return;
  const soFar = measuredSoFar(comparison, measured);
  const next = measured > 0 ? oneMore(soFar) : { ...soFar, metrics: power.expected ?? {} };
  judging.analyzer.tracks(next, course.context);
}

const longestLiveSeconds = 20;

/** Answers once all that is due is measured and written down. */
async function askWindows(comparison: Comparison, due: number): Promise<true> {
  const { inputs, ports, columns, ofWhole = [], counting, plan, telemetry, warnings, probed } = comparison;
  const seconds = Math.min(longestLiveSeconds, plan.windowSeconds / 2);
  const [{ notes, faults }, results] = await Promise.all([
    askStore(telemetry, [...columns, ...ofWhole, ...counting], plan, due),
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
