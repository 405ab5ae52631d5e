import { UserError } from "../errors.ts";
import type { Look } from "./around.ts";
import type { Effect } from "./effect.ts";
import type { EventOf } from "./events.ts";
import type { Observed } from "./observed.ts";
import { type Taking, type Turn, write } from "./taking.ts";

type Word = Omit<EventOf<"verdict">["body"], "rollout" | "step">;

/** Gathers evidence. */
export async function watch(
  taking: Taking,
  step: number,
  observed: Observed,
  effects: readonly Effect[],
): Promise<Turn> {
  const { state } = taking;
  const look = await lookAt(taking, step, observed);
  const baking = state.doing.kind === "baking";
  // While the old version stays warm only harm is news: time alone ends it.
  if (look.final && (!baking || look.verdict.verdict === "rollback"))
    return decided(taking, step, look.verdict);
  const ends = effects.flatMap((effect) => (effect.do === "wait" ? [effect.until] : []));
  const [again] = [...ends, ...(look.final ? [] : [look.again])].sort();
  return {
    state,
    code: baking ? "baking" : "watching",
    sentence: look.final ? look.verdict.reason : look.sentence,
    ...(again === undefined ? {} : { again }),
  };
}

/**
 * The time of the bake is over: null where the candidate may be promoted. It was not kept warm for nothing: evidence
 * that does not answer is waited for a little, and then a person says whether to go on without it.
 */
export async function endBake(taking: Taking, until: string, observed: Observed): Promise<Turn | null> {
  const { state, around } = taking;
  const { plan } = state;
  const step = Math.max(0, plan.steps.length - 1);
  const look = await lookAt(taking, step, observed);
  if (look.final) return look.verdict.verdict === "rollback" ? decided(taking, step, look.verdict) : null;
  if (look.blind !== true) return null;
  const last = new Date(Date.parse(until) + graceSeconds * 1000).toISOString();
  if (Date.parse(around.now()) < Date.parse(last)) {
    const again = Date.parse(look.again) < Date.parse(last) ? look.again : last;
    return { state, code: "baking", sentence: look.sentence, again };
  }
  const sentence = `Nobody sees how ${plan.candidate.id} does at the end of its bake: ${look.sentence} \`retry\` looks again, \`promote\` goes on without it.`;
  const body = { rollout: plan.rollout, code: "evidence-unavailable", sentence };
  return write(taking, [{ kind: "observation", body }]);
}

const graceSeconds = 300;

/** What the target itself sees of the candidate's trouble needs no window. */
async function lookAt({ state, around }: Taking, step: number, { faults }: Observed): Promise<Look> {
  const { doing } = state;
  const [fault] = faults;
  if (fault !== undefined) {
    const { code, sentence } = fault;
    const verdict: Word = { verdict: "rollback", reason_code: code, reason: sentence, at_window: 0 };
    return { final: true, verdict };
  }
  const since = doing.kind === "watching" || doing.kind === "baking" ? doing.since : around.now();
  try {
    return await around.evidence.look(state, step, since);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Evidence that cannot be had is neither good nor bad: the step lasts until it can, or somebody goes on.
    const again = new Date(Date.parse(around.now()) + around.pollSeconds * 1000).toISOString();
    return { final: false, again, sentence: error.message, blind: true };
  }
}

function decided(taking: Taking, step: number, word: Word): Promise<Turn> {
  return write(taking, [{ kind: "verdict", body: { rollout: taking.state.plan.rollout, step, ...word } }]);
}
