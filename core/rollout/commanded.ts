import type { EventOf } from "./events.ts";
import { afterStep, promoting, toStep } from "./moves.ts";
import type { RolloutState, Stop, Turn } from "./state.ts";
import { noticed, turnBack } from "./turn-back.ts";

/** What a person's word does to a rollout. A word that means nothing at the moment changes nothing. */
export function commanded(state: RolloutState, { at, body }: EventOf<"command">): RolloutState {
  const { doing } = state;
  const { command, by, reason } = body;
  if (doing.kind === "ended") return command === "overrule" ? overruledAfterwards(state, at) : state;
  if (doing.kind === "concluding")
    return command === "abort" && doing.outcome.outcome === "completed" ? tooLate(state) : state;
  switch (command) {
    case "pause":
    case "hold":
      // A way back stops for nobody but a hands-off mark; and what stands already keeps its reason, and what lifts it.
      if (state.turned !== null || state.stop !== null) return state;
      return { ...state, stop: { code: command === "pause" ? "paused" : "held", sentence: reason, by, at } };
    case "resume":
      return state.stop !== null && isPause(state.stop) ? lifted(state, state.stop) : state;
    case "retry":
      return state.stop === null ? state : again(lifted(state, state.stop), at);
    case "approve":
      if (doing.kind !== "approval") return { ...state, approved: true };
      return toStep({ ...state, approved: true }, doing.step, at);
    case "promote":
      return promoted(state, at);
    case "abort":
      return aborted(body.whole_fleet ? forAll(state) : state, {
        code: "aborted",
        sentence: `${by} took it back: ${reason}`,
        automatic: false,
        at,
      });
    case "overrule":
      return overruled(state);
  }
}

function aborted(state: RolloutState, turn: Turn): RolloutState {
  return state.turned !== null && state.stop === null ? state : turnBack(accepting(state), turn);
}

/** What was begun for the devices of a rollout goes on for all of the fleet. */
function forAll(state: RolloutState): RolloutState {
  return { ...state, plan: { ...state.plan, whole_fleet: true } };
}

/** Between the last effect and its outcome there is nothing left to take back. */
function tooLate(state: RolloutState): RolloutState {
  const sentence = `${state.plan.candidate.id} was promoted before the abort was heard. Roll back to take it back.`;
  return noticed(state, { kind: "page", code: "abort-too-late", sentence });
}

function isPause({ code }: Stop): boolean {
  return code === "paused" || code === "held";
}

function lifted(state: RolloutState, stop: Stop): RolloutState {
  return { ...state, stop: null, accepted: stop.seen ?? state.accepted };
}

/** Whoever says where to go from a target that somebody changed has seen how it stands. */
function accepting(state: RolloutState): RolloutState {
  return { ...state, accepted: state.stop?.seen ?? state.accepted };
}

/** What was given up is tried anew; what was watched is brought about and watched again. */
function again(state: RolloutState, at: string): RolloutState {
  const { doing } = state;
  if (doing.kind === "moving") return { ...state, doing: { ...doing, attempt: 1 } };
  if (doing.kind === "watching") return toStep(state, doing.step, at);
  return state;
}

/** On without the evidence; an approval that policy asks for is not left out so. */
function promoted(state: RolloutState, at: string): RolloutState {
  const { doing, turned } = state;
  if (turned !== null) return state;
  if (doing.kind === "watching") return afterStep({ ...accepting(state), stop: null }, doing.step, at);
  if (doing.kind === "baking") return promoting({ ...accepting(state), stop: null });
  return state;
}

/** The verdict was wrong, a person says: from the first step once more. */
function overruled(state: RolloutState): RolloutState {
  // Where a person paused it there is nothing that another could dispute.
  if (state.turned === null && (state.stop === null || isPause(state.stop))) return state;
  return {
    ...accepting(state),
    disputed: true,
    turned: null,
    stop: null,
    verdict: null,
    reachedAt: [],
    doing: { kind: "moving", effect: { kind: "deploy" }, step: -1, attempt: 1 },
  };
}

function overruledAfterwards(state: RolloutState, at: string): RolloutState {
  if (state.doing.kind !== "ended" || state.doing.outcome !== "rolled-back") return state;
  return { ...state, disputed: true, doing: { kind: "ended", outcome: "overruled", at } };
}
