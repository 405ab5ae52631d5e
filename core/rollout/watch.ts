import { UserError } from "../errors.ts";
import type { Look } from "./around.ts";
import type { Effect } from "./effect.ts";
import type { EventOf } from "./events.ts";
import type { Observed } from "./observed.ts";
import { type Taking, type Turn, waiting, write } from "./taking.ts";

type Word = Omit<EventOf<"verdict">["body"], "rollout" | "step">;

/** Gathers evidence. What the target itself sees of the candidate's trouble needs no window. */
export async function watch(
  taking: Taking,
  step: number,
  { faults }: Observed,
  effects: readonly Effect[],
): Promise<Turn> {
  const { state, around } = taking;
  const { doing } = state;
  const decided = (word: Word): Promise<Turn> =>
    write(taking, [{ kind: "verdict", body: { rollout: state.plan.rollout, step, ...word } }]);
  const [fault] = faults;
  if (fault !== undefined)
    return decided({
      verdict: "rollback",
      reason_code: fault.code,
      reason: fault.sentence,
      at_window: 0,
    });
  const since = doing.kind === "watching" || doing.kind === "baking" ? doing.since : around.now();
  let look: Look;
  try {
    look = await around.evidence.look(state, step, since);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Evidence that cannot be had is neither good nor bad: the step lasts until it can, or somebody goes on.
    return waiting(taking, "watching", error.message, around.pollSeconds);
  }
  const baking = doing.kind === "baking";
  // While the old version stays warm only harm is news: time alone ends it.
  if (look.final && (!baking || look.verdict.verdict === "rollback")) return decided(look.verdict);
  const ends = effects.flatMap((effect) => (effect.do === "wait" ? [effect.until] : []));
  const [again] = [...ends, ...(look.final ? [] : [look.again])].sort();
  return {
    state,
    code: baking ? "baking" : "watching",
    sentence: look.final ? look.verdict.reason : look.sentence,
    ...(again === undefined ? {} : { again }),
  };
}
