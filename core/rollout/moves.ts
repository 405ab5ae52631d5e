import type { Conclusion, TargetEffect } from "./effect.ts";
import { digestOf } from "./plan.ts";
import type { RolloutState } from "./state.ts";

/** Forwards: what follows on an effect that was reached, and on a step that was healthy. */

export function afterReaching(
  state: RolloutState,
  effect: TargetEffect,
  step: number,
  at: string,
): RolloutState {
  switch (effect.kind) {
    case "deploy":
      return toStep(state, 0, at);
    case "share":
      return watching(state, step, effect.share, at);
    case "promote":
      return concluding(state, "completed", "healthy", "Every step stayed healthy.", true);
    case "restore": {
      const { code, sentence, automatic } = state.turned ?? { code: "asked", sentence: "", automatic: false };
      return concluding(state, "rolled-back", code, sentence, automatic);
    }
    case "pause":
    case "resume":
      return state;
  }
}

/** The step was healthy, or a person goes on without its evidence. */
export function afterStep(state: RolloutState, step: number, at: string): RolloutState {
  return toStep(state, step + 1, at);
}

/** A step without a share of its own is watched where the candidate stands; the last one may wait for a person. */
export function toStep(state: RolloutState, step: number, at: string): RolloutState {
  const { plan } = state;
  const wanted = plan.steps[step];
  if (wanted === undefined) return bake(state, at);
  const last = step === plan.steps.length - 1;
  if (last && plan.approval === "cut-over" && !state.approved)
    return { ...state, doing: { kind: "approval", step, since: at } };
  if (wanted.share === 0) return watching(state, step, 0, at);
  const effect: TargetEffect = { kind: "share", share: wanted.share, by: wanted.by };
  return { ...state, doing: { kind: "moving", effect, step, attempt: 1 } };
}

function watching(state: RolloutState, step: number, share: number, at: string): RolloutState {
  return {
    ...state,
    reachedAt: [...state.reachedAt, { step, share, at }],
    doing: { kind: "watching", step, since: at, slowed: 0 },
  };
}

function bake(state: RolloutState, at: string): RolloutState {
  const until = new Date(Date.parse(at) + state.plan.bake_seconds * 1000).toISOString();
  return state.plan.bake_seconds === 0
    ? promoting(state)
    : { ...state, doing: { kind: "baking", since: at, until } };
}

export function promoting(state: RolloutState): RolloutState {
  return { ...state, doing: { kind: "moving", effect: { kind: "promote" }, step: -1, attempt: 1 } };
}

function concluding(
  state: RolloutState,
  outcome: Conclusion["outcome"],
  reason_code: string,
  reason: string,
  automatic: boolean,
): RolloutState {
  const candidate = digestOf(state.plan.candidate);
  return {
    ...state,
    doing: { kind: "concluding", outcome: { outcome, candidate, automatic, reason_code, reason } },
  };
}
