import { counted } from "../render/numbers.ts";
import { mayPromote, type Standing } from "./rules/hysteresis.ts";
import type { Demand } from "./rules/strictest.ts";
import { analyzerSentences } from "./sentences.ts";
import type { StateAt } from "./state.ts";
import type { Track } from "./track.ts";
import type { VerdictReason } from "./verdict.ts";

/**
 * What lets a step go on. `evidence`: all that a promotion takes. `health`: healthy windows in a row, because another
 * step asks for the evidence. `rules`: there is nothing to compare with any more, so guardrails and probes alone, each
 * with its data but for the baseline's. `time`: nothing can be measured, and policy lets time pass. `nothing`: only
 * harm is news.
 */
export type GoesOnBy = "evidence" | "health" | "rules" | "time" | "nothing";

/** What one step of a comparison asks for that goes on over several. Windows are counted from 0. */
export type StepAsks = {
  /** Its first whole window: what was healthy before it does not count for it. */
  from: number;
  /** From this window on it has no time left. */
  until: number;
  healthyWindows: number;
  on: GoesOnBy;
  /** Whether the step that asks for all of the evidence lies behind. */
  decided?: boolean;
};

type Stands = {
  standing: Standing;
  states: readonly StateAt[];
  tracks: readonly Track[];
  demand: Demand | undefined;
};

/** Why the rollout goes on after this window; undefined where it does not. */
export function goesOn(
  { from, healthyWindows, on, decided = false }: StepAsks,
  window: number,
  { standing, states, tracks, demand }: Stands,
): { reason: VerdictReason; sentence: string } | undefined {
  if (window < from) return undefined;
  if (on === "evidence" || on === "health") {
    const enough = on === "health" || states.every(({ ignored, state }) => ignored || state === "healthy");
    const asked = states.some(({ ignored }) => !ignored);
    if (!enough || !asked || !mayPromote(standing, healthyWindows)) return undefined;
    const inARow = standing.healthy_in_a_row;
    return on === "evidence"
      ? { reason: "healthy", sentence: analyzerSentences.healthy(tracks, inARow) }
      : { reason: "no-sign-of-harm", sentence: analyzerSentences.calm(inARow, decided) };
  }
  if (on === "nothing" || standing.word !== "go-on" || window < from + healthyWindows - 1) return undefined;
  const waits = on === "rules" ? demand?.uncompared !== true : demand?.reason_code !== "no-data";
  if (demand !== undefined && waits) return undefined;
  const passed = counted(healthyWindows, "window");
  return on === "rules"
    ? { reason: "not-compared", sentence: `${passed} passed without a breach. ${notCompared}` }
    : { reason: "not-compared", sentence: `${passed} passed without a sign of harm. ${notMeasured}` };
}

const notCompared =
  "Nothing was compared in them: the stable version has no traffic any more, and no other week has any. The evidence is that of the steps before.";
const notMeasured = "That is time alone: it does not show how healthy the candidate is.";
