import { type RolloutStatus, statusOf } from "../../rollout/status.ts";
import type { Turn } from "../../rollout/taking.ts";
import { terminalLines, terminalText } from "../escape.ts";
import { clockWords, effectWords, shareWords } from "./words.ts";

/**
 * One line a turn that waits, for a log: "14:02:10 UTC · step 2/4, 25 % of traffic · watching · window 3/5 … · next look
 * 14:03:10 UTC · ends 14:40:00 UTC if all stays healthy".
 */
export function progressLine(turn: Turn, now: string): string {
  const { ends } = statusOf(turn.state, null, now);
  const { again, code } = turn;
  // A target that moves is looked at all the time.
  const look = again === undefined || code === "moving" ? "" : `next look ${clockWords(again, now)}`;
  const goesOn = code === "moving" || code === "watching" || code === "baking";
  const end = ends === null || !goesOn ? "" : `ends ${clockWords(ends, now)} if all stays healthy`;
  return terminalLines([clockWords(now, now), newsOf(turn), look, end].filter(Boolean).join(" · "));
}

/** The same without its times: two turns with the same news need one line. */
export function newsOf({ state, code, sentence }: Turn): string {
  const status = statusOf(state, null, state.openedAt);
  const said = code === "moving" && status.effect !== null ? effectWords(status.effect) : sentence;
  const parts = [placeWords(status), turnWords[code], code === "ended" ? "" : terminalText(said, 600)];
  return parts.filter(Boolean).join(" · ");
}

const turnWords: Record<Turn["code"], string> = {
  moved: "written down",
  moving: "moving",
  watching: "watching",
  approval: "waiting",
  baking: "the old version stays warm",
  standing: "stands",
  "hands-off": "hands off",
  "not-ours": "driven by another run",
  "ledger-unavailable": "the ledger does not answer",
  "target-unavailable": "the target does not answer",
  ended: "ended",
};

function placeWords({ doing, step, steps, turned, effect, share }: RolloutStatus): string {
  if (doing === "completed") return "promoted";
  if (doing === "rolled-back" || doing === "overruled") return "rolled back";
  if (turned !== null) return "going back";
  const now = step === null ? undefined : steps[step - 1];
  if (now !== undefined) return `step ${step}/${steps.length}, ${shareWords(now.share, now.by)}`;
  return effect?.kind === "promote" ? "all steps done" : `candidate at ${share} %`;
}
