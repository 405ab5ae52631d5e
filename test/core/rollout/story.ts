import type { Effect, TargetEffect } from "../../../core/rollout/effect.ts";
import { effectsOf } from "../../../core/rollout/effects-of.ts";
import type { Command, EventOf, RolloutEvent } from "../../../core/rollout/events.ts";
import { next, opened } from "../../../core/rollout/next.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { planFor } from "../../contracts/target-plan.ts";

/** Tells a rollout's story event by event, as a driver would write it, and says what is wanted after each. */
export function story(more: Partial<RolloutPlan> = {}) {
  const start = Date.parse("2026-11-21T10:00:00.000Z");
  let seconds = 0;
  const at = (): string => new Date(start + seconds * 1000).toISOString();
  const plan = planFor("v1", "v2", more);
  let state = opened(plan, at());
  const { rollout } = plan;
  const events: RolloutEvent[] = [];

  const add = (event: Pick<RolloutEvent, "kind" | "body">): void => {
    // The union is over kind and body together, which an object put together from parts does not show.
    const written = { ...event, at: at(), actor: "run" } as RolloutEvent;
    events.push(written);
    state = next(state, written).state;
  };

  const tale = {
    events,
    get state(): RolloutState {
      return state;
    },
    at,
    later(by: number) {
      seconds += by;
      return tale;
    },
    /** What is wanted, as words: `apply share 10`, `watch 0`, `tell incident aborted` … */
    get wants(): string[] {
      return effectsOf(state, at()).map(wordsOf);
    },
    /** The effect that is wanted is begun, and has not ended. */
    begins() {
      const [first] = effectsOf(state, at());
      if (first?.do !== "apply") throw new Error(`Nothing is to be applied: ${tale.wants.join(", ")}`);
      add({ kind: "intent", body: { rollout, number: state.numbers + 1, fencing: 1, effect: first.effect } });
      return tale;
    },
    ends(status: "done" | "failed" = "done", number = state.numbers) {
      add({
        kind: "result",
        body: { rollout, number, status, ...(status === "failed" ? { sentence: "No." } : {}) },
      });
      return tale;
    },
    /** Begins and ends what is wanted. */
    does(times = 1) {
      for (let count = 0; count < times; count += 1) tale.begins().ends();
      return tale;
    },
    verdict(verdict: EventOf<"verdict">["body"]["verdict"], step = stepOf(state), reason_code = "because") {
      add({
        kind: "verdict",
        body: { rollout, step, verdict, reason_code, reason: "It is so.", at_window: 1 },
      });
      return tale;
    },
    says(command: Command, more: { whole_fleet?: true } = {}) {
      add({ kind: "command", body: { rollout, command, reason: "so", by: "maria", ...more } });
      return tale;
    },
    sees(code: EventOf<"observation">["body"]["code"]) {
      add({ kind: "observation", body: { rollout, code, sentence: "Seen." } });
      return tale;
    },
    told() {
      for (const { notice, told } of state.notices)
        if (!told) add({ kind: "notice", body: { rollout, notice } });
      return tale;
    },
    concludes() {
      const { doing } = state;
      if (doing.kind !== "concluding") throw new Error(`Nothing is to be concluded: ${doing.kind}`);
      add({ kind: "outcome", body: { rollout, ...doing.outcome } });
      return tale;
    },
  };
  return tale;
}

function stepOf({ doing }: RolloutState): number {
  return "step" in doing ? doing.step : 0;
}

function wordsOf(effect: Effect): string {
  switch (effect.do) {
    case "apply":
      return `apply ${applied(effect.effect)}`;
    case "watch":
      return `watch ${effect.step}`;
    case "tell":
      return `tell ${effect.notice.kind} ${effect.notice.code}`;
    case "conclude":
      return `conclude ${effect.outcome.outcome}`;
    default:
      return effect.do;
  }
}

function applied(effect: TargetEffect): string {
  return effect.kind === "share" ? `${effect.by} ${effect.share}` : effect.kind;
}
