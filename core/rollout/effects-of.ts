import type { Effect, TargetEffect } from "./effect.ts";
import type { RolloutState } from "./state.ts";
import { noticed } from "./turn-back.ts";

/** What a rollout wants now, the most urgent first. Asked again after every event, and whenever time has passed. */
export function effectsOf(state: RolloutState, now: string): Effect[] {
  const told = overdue(state, now);
  const tell = told.notices.filter((one) => !one.told).map(({ notice }): Effect => ({ do: "tell", notice }));
  return [...wanted(state, now), ...tell];
}

/** A way back that takes too long is told, once. */
function overdue(state: RolloutState, now: string): RolloutState {
  const { turned, doing, plan, stop } = state;
  if (turned === null) return stuck(state, now);
  if (doing.kind !== "moving") return state;
  const seconds = (Date.parse(now) - Date.parse(turned.at)) / 1000;
  if (!(seconds > plan.back_within_seconds)) return state;
  const sentence = `The rollback is not done after ${Math.round(seconds)} s; ${stop === null ? "it goes on" : "it waits for a person"}. Policy allows ${plan.back_within_seconds} s.`;
  return noticed(state, { kind: "page", code: "back-late", sentence });
}

/** An effect that the target cannot even be asked for fails never; people hear of it. */
function stuck(state: RolloutState, now: string): RolloutState {
  const { open, stop, plan } = state;
  if (open === null || stop !== null) return state;
  const seconds = (Date.parse(now) - Date.parse(open.since)) / 1000;
  if (!(seconds > patience * plan.settle_seconds)) return state;
  const sentence = `The target could not be brought to ${open.effect.kind} since ${open.since}; it is tried on.`;
  return noticed(state, { kind: "page", code: "not-moving", sentence });
}

const patience = 3;

function wanted(state: RolloutState, now: string): Effect[] {
  const { doing, stop, plan, frozen } = state;
  if (doing.kind === "ended") return [{ do: "end" }];
  if (doing.kind === "concluding") return [{ do: "conclude", outcome: doing.outcome }];
  if (stop !== null) return [plan.freezes && !frozen ? apply({ kind: "pause" }) : { do: "stand" }];
  // A way back does not wait until what it takes back goes on.
  if (frozen && state.turned === null) return [apply({ kind: "resume" })];
  switch (doing.kind) {
    case "moving":
      return [apply(doing.effect)];
    case "watching":
      return [{ do: "watch", step: doing.step }];
    case "approval":
      return [{ do: "ask-approval" }];
    case "baking":
      return Date.parse(now) >= Date.parse(doing.until)
        ? [apply({ kind: "promote" })]
        : [
            { do: "watch", step: Math.max(0, plan.steps.length - 1) },
            { do: "wait", until: doing.until },
          ];
  }
}

function apply(effect: TargetEffect): Effect {
  return { do: "apply", effect };
}
