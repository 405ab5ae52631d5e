import { commanded } from "./commanded.ts";
import { type Effect, type Notice, sameEffect } from "./effect.ts";
import { effectsOf } from "./effects-of.ts";
import type { EventOf, RolloutEvent } from "./events.ts";
import { afterReaching, afterStep, promoting } from "./moves.ts";
import { isNamed, type RolloutPlan } from "./plan.ts";
import type { RolloutState } from "./state.ts";
import { noticed, sameNotice, stand, turnBack } from "./turn-back.ts";

/**
 * The only state machine of a rollout. Everything that happens is an event of the ledger, and what is wanted next
 * follows from the state and the time alone: whoever adopts a rollout wants what its beginner wanted.
 */
export function next(state: RolloutState, event: RolloutEvent): { state: RolloutState; effects: Effect[] } {
  const after = fold(state, event);
  return { state: after, effects: effectsOf(after, event.at) };
}

export function opened(plan: RolloutPlan, at: string): RolloutState {
  const state: RolloutState = {
    plan,
    openedAt: at,
    doing: { kind: "moving", effect: { kind: "deploy" }, step: -1, attempt: 1 },
    stop: null,
    turned: null,
    reached: null,
    reachedAt: [],
    reachedNumber: 0,
    left: 0,
    open: null,
    numbers: 0,
    verdict: null,
    notices: [],
    approved: false,
    disputed: false,
    frozen: false,
    pauses: [],
    accepted: null,
  };
  if (plan.kind !== "back") return state;
  return turnBack(state, { code: "asked", sentence: "A person asked for it.", automatic: false, at });
}

export function fold(state: RolloutState, event: RolloutEvent): RolloutState {
  const ended = state.doing.kind === "ended";
  switch (event.kind) {
    case "rollout":
      return state;
    case "notice":
      return told(state, event.body.notice);
    case "command":
      return commanded(state, event);
    case "quarantine":
      return quarantined(state, event);
    case "outcome":
      if (ended) return state;
      return { ...state, stop: null, doing: { kind: "ended", outcome: event.body.outcome, at: event.at } };
    // Behind the end as well: a stale write may have to be undone there.
    case "intent":
      return intended(state, event);
    case "result":
      return resulted(state, event);
    case "verdict":
      return ended ? state : judged(state, event);
    case "observation":
      return ended ? state : seen(state, event);
  }
}

function intended(state: RolloutState, { at, body }: EventOf<"intent">): RolloutState {
  const { number, fencing, effect } = body;
  const since = state.open?.number === number ? state.open.since : at;
  const open = { number, fencing, effect, at, since };
  // The time of keeping the old version warm is over with this.
  const before = state.doing.kind === "baking" && effect.kind === "promote" ? promoting(state) : state;
  const pauses = effect.kind === "pause" ? [...state.pauses, number] : state.pauses;
  return { ...before, numbers: Math.max(number, state.numbers), open, pauses };
}

/** Whoever quarantines what is on its way aborts it. */
function quarantined(state: RolloutState, { at, actor, body }: EventOf<"quarantine">): RolloutState {
  const { candidate, rollout } = state.plan;
  if (body.until === undefined || !isNamed(candidate, body.digest)) return state;
  const reason = `It is quarantined. ${body.reason}`;
  const abort = { rollout, command: "abort" as const, reason, by: body.by };
  return commanded(state, { kind: "command", at, actor, body: abort });
}

function told(state: RolloutState, notice: Notice): RolloutState {
  const others = state.notices.filter((one) => !sameNotice(one.notice, notice));
  return { ...state, notices: [...others, { notice, told: true }] };
}

function resulted(state: RolloutState, { at, body }: EventOf<"result">): RolloutState {
  const { open, doing } = state;
  // A result of something else than what is open comes from a slow runner that was overtaken.
  if (open === null || open.number !== body.number) return state;
  const { effect } = open;
  const closed: RolloutState = { ...state, open: null };
  if (effect.kind === "pause" || effect.kind === "resume")
    return body.status === "done" ? { ...closed, frozen: effect.kind === "pause" } : closed;
  const wanted = doing.kind === "moving" && sameEffect(doing.effect, effect);
  // What was reached already is asked for where a stale write is undone, which is tried until it holds.
  if (body.status === "failed" && !wanted && state.reached !== null && sameEffect(state.reached, effect))
    return { ...state, open: { ...open, at } };
  if (body.status === "failed") return wanted ? failed(closed, body.sentence, at) : closed;
  const left = body.left ?? body.number;
  const reached: RolloutState = {
    ...closed,
    reached: effect,
    reachedNumber: body.number,
    left,
    accepted: null,
  };
  // Where something else is wanted by now, this is only where the target stands.
  return wanted ? afterReaching(reached, effect, doing.step, at) : reached;
}

function failed(state: RolloutState, said: string | undefined, at: string): RolloutState {
  const { doing, plan } = state;
  if (doing.kind !== "moving") return state;
  const again: RolloutState = { ...state, doing: { ...doing, attempt: doing.attempt + 1 } };
  if (doing.attempt < plan.attempts) return again;
  const sentence = said ?? "The target did not get there in time.";
  // There is nowhere to go from the way back: people are told, and it is tried until it holds.
  if (doing.effect.kind === "restore")
    return noticed(again, { kind: "page", code: "back-failed", sentence: `The rollback fails: ${sentence}` });
  return turnBack(state, { code: "effect-failed", sentence, automatic: true, at });
}

function judged(state: RolloutState, { at, body }: EventOf<"verdict">): RolloutState {
  const { doing } = state;
  const meant = doing.kind === "baking" || (doing.kind === "watching" && doing.step === body.step);
  if (!meant || state.turned !== null) return state;
  const after: RolloutState = { ...state, verdict: body };
  if (body.verdict === "rollback")
    return turnBack(after, { code: body.reason_code, sentence: body.reason, automatic: true, at });
  if (doing.kind === "baking") return after;
  if (body.verdict === "promote") return afterStep(after, doing.step, at);
  const slowed = doing.slowed + 1;
  if (body.verdict === "slow" && slowed <= mostSlowed)
    return { ...after, doing: { ...doing, since: at, slowed } };
  return stand(after, { code: body.reason_code, sentence: body.reason, by: "the analysis", at });
}

/** A step that is watched so often over again needs a person. */
const mostSlowed = 3;

function seen(state: RolloutState, { at, actor, body }: EventOf<"observation">): RolloutState {
  const { code, sentence } = body;
  if (code === "aborted-on-target") {
    const isOver = state.turned !== null || state.doing.kind === "concluding";
    return isOver ? state : turnBack(state, { code, sentence, automatic: false, at });
  }
  return stand(state, { code, sentence, by: actor, at, ...(body.seen ? { seen: body.seen } : {}) });
}
