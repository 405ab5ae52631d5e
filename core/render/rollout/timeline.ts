import type { TargetEffect } from "../../rollout/effect.ts";
import type { RolloutEvent } from "../../rollout/events.ts";
import type { RolloutState } from "../../rollout/state.ts";
import { verdictWords } from "./sentences.ts";
import { doingNames } from "./words.ts";

/** What happened in a rollout and when, out of its events, before anything of it is drawn. */
export type Timeline = {
  /** Milliseconds of Unix time. */
  begins: number;
  ends: number;
  /** Percent that the candidate has from then on, as was seen on the target. */
  shares: { at: number; share: number }[];
  moments: Moment[];
};

export type Moment = { at: number; level: "good" | "care" | "bad" | "person"; words: string };

export function timelineOf(
  { plan, openedAt }: Pick<RolloutState, "plan" | "openedAt">,
  events: readonly RolloutEvent[],
  now: string,
): Timeline {
  const begins = Date.parse(openedAt);
  const end = events.find(({ kind }) => kind === "outcome")?.at ?? now;
  const ends = Math.max(begins + 1000, Date.parse(end));
  // Clocks of several runners differ a little, and a word about a rollout may come after its end.
  const timeOf = ({ at }: RolloutEvent): number => Math.min(ends, Math.max(begins, Date.parse(at)));
  const shares = [{ at: begins, share: plan.kind === "back" ? 100 : 0 }];
  const asked = new Map<number, TargetEffect>();
  const moments: Moment[] = [];
  for (const event of events) {
    if (event.kind === "intent") asked.set(event.body.number, event.body.effect);
    if (event.kind === "result" && event.body.status === "done") {
      const share = shareAfter(asked.get(event.body.number));
      if (share !== undefined) shares.push({ at: timeOf(event), share });
    }
    const moment = momentOf(event);
    if (moment !== undefined) moments.push({ at: timeOf(event), ...moment });
  }
  const inOrder = <Entry extends { at: number }>(all: Entry[]): Entry[] =>
    all.toSorted((one, other) => one.at - other.at);
  return { begins, ends, shares: inOrder(shares), moments: inOrder(moments) };
}

function shareAfter(effect: TargetEffect | undefined): number | undefined {
  switch (effect?.kind) {
    case "deploy":
    case "restore":
      return 0;
    case "share":
      return effect.share;
    case "promote":
      return 100;
    default:
      return undefined;
  }
}

const verdictLevels = { promote: "good", slow: "care", hold: "care", rollback: "bad" } as const;

/** Notices say to people what stands here already. */
function momentOf(event: RolloutEvent): Omit<Moment, "at"> | undefined {
  switch (event.kind) {
    case "verdict": {
      const { verdict, step, reason } = event.body;
      return {
        level: verdictLevels[verdict],
        words: `${verdictWords[verdict]} at step ${step + 1}: ${reason}`,
      };
    }
    case "command":
      return { level: "person", words: `${event.body.by}: ${event.body.command}. ${event.body.reason}` };
    case "quarantine": {
      const { by, until, reason } = event.body;
      const what = until === undefined ? "lifts its quarantine" : "puts it in quarantine";
      return { level: "person", words: `${by} ${what}. ${reason}` };
    }
    case "observation":
      return { level: "care", words: event.body.sentence };
    case "result":
      return event.body.status === "done"
        ? undefined
        : { level: "care", words: `The target did not get there. ${event.body.sentence ?? ""}` };
    case "outcome": {
      const { outcome, reason } = event.body;
      return {
        level: outcome === "completed" ? "good" : "bad",
        words: `Ended, ${doingNames[outcome]}: ${reason}`,
      };
    }
    default:
      return undefined;
  }
}
