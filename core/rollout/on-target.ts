import { exitCodes, UserError } from "../errors.ts";
import { holds } from "../evidence/lease.ts";
import type { Body } from "./book.ts";
import { type Effect, sameEffect, type TargetEffect } from "./effect.ts";
import type { EventOf } from "./events.ts";
import { type HandsOff, handsOffNow, type Observed, type Shape, type Sight } from "./observed.ts";
import { keepingLease } from "./own-lease.ts";
import { isFarAbove, numberAbove, takeOver } from "./past-ledger.ts";
import {
  abortedOnTarget,
  changedBySomebody,
  isMarkOf,
  markFor,
  nextNumber,
  satisfied,
  staleWrite,
  strayPause,
  underWay,
  writtenPastLedger,
} from "./reconcile.ts";
import { moved, type Taking, type Turn, waiting, write } from "./taking.ts";
import { endBake, watch } from "./watch.ts";

export type Taken = Taking & { fencing: number };

/** Looks at the target, and does the most urgent thing that the rollout wants of it, if it may. */
export async function onTarget(taken: Taken, first: Effect, effects: readonly Effect[]): Promise<Turn> {
  const { state, around, fencing } = taken;
  let observed: Observed;
  try {
    observed = await around.target.observe(state.plan);
  } catch (error) {
    return silent(taken, error);
  }
  const off = handsOffNow(observed, around.now());
  if (off !== null) return handsOff(taken, off);
  // A number that nothing can rise above keeps nobody from going back.
  const past = writtenPastLedger(state, observed, fencing);
  if (past && !(state.turned !== null && isFarAbove(taken, observed))) return takeOver(taken, observed);
  if (abortedOnTarget(state, observed)) return aborted(taken, observed);
  const pause = strayPause(state, observed);
  if (pause === "somebody's") return changed(taken, observed, "Somebody paused the target");
  if (pause === "ours") return apply(taken, { kind: "resume" }, observed);
  const stale = staleWrite(state, observed, fencing);
  if (!stale && state.stop === null && changedBySomebody(state, observed)) return changed(taken, observed);
  // To pause a target would leave the stale write on it, under a newer mark.
  if (stale && state.reached !== null && !(first.do === "apply" && moves(first.effect)))
    return apply(taken, state.reached, observed);
  const { doing } = state;
  const ends = first.do === "apply" && first.effect.kind === "promote" && doing.kind === "baking";
  const kept = ends ? await endBake(taken, doing.until, observed) : null;
  if (kept !== null) return kept;
  if (first.do === "apply") return apply(taken, first.effect, observed);
  if (first.do === "watch") return watch(taken, first.step, observed, effects);
  if (first.do === "ask-approval") return approval(taken);
  return waiting(taken, "standing", state.stop?.sentence ?? "It waits for a person.", 15);
}

function handsOff(taken: Taken, { by, reason, until }: HandsOff): Turn {
  const end = until === null ? "" : ` until ${until}`;
  return waiting(taken, "hands-off", `${by} keeps automation off${end}: ${reason}`, 30);
}

function changed(taken: Taken, observed: Observed, what = "Somebody changed the target"): Promise<Turn> {
  const seen = shapeOf(observed);
  const sentence =
    `${what}: ${seen.stable ?? "an unknown version"} is stable, ` +
    `${seen.candidate ?? "no other version"} has ${seen.share ?? "an unknown part"} %. ` +
    "It is left as it is; `retry` goes on from there.";
  const body: EventOf<"observation">["body"] = {
    rollout: taken.state.plan.rollout,
    code: "changed-by-somebody",
    sentence,
    seen: sightOf(observed),
  };
  return write(taken, [{ kind: "observation", body }]);
}

/** As if the abort had been said to us. */
function aborted(taken: Taken, observed: Observed): Promise<Turn> {
  const sentence = why(observed).trim();
  const body = { rollout: taken.state.plan.rollout, code: "aborted-on-target" as const, sentence };
  return write(taken, [{ kind: "observation", body }]);
}

const moves = ({ kind }: TargetEffect): boolean => kind !== "pause" && kind !== "resume";

/** Observe, compare, apply, verify. An effect that holds already is only written down. */
export async function apply(taken: Taken, effect: TargetEffect, observed: Observed): Promise<Turn> {
  const { state, around, fencing } = taken;
  const { plan, open } = state;
  const { rollout } = plan;
  // A mark above the intent was left past the ledger: the next number rises above it.
  const passed = observed.mark?.rollout === rollout && observed.mark.number > (open?.number ?? 0);
  const mine = open !== null && !passed && sameEffect(open.effect, effect) ? open : null;
  const number = mine?.number ?? nextNumber(state, observed);
  const intent: Body = { kind: "intent", body: { rollout, number, fencing, effect } };
  if (satisfied(plan, effect, observed)) {
    const asked = isMarkOf(state, observed) && mine !== null;
    const done: Body = {
      kind: "result",
      body: { rollout, number, status: "done", ...(asked ? {} : { left: numberLeft(taken, observed) }) },
    };
    return write(taken, mine === null ? [intent, done] : [done]);
  }
  // Whoever goes on with another's intent says so first, and the target gets its whole time again.
  if (mine === null || mine.fencing !== fencing) return write(taken, [intent]);
  const waited = (Date.parse(around.now()) - Date.parse(mine.at)) / 1000;
  // What kept us from asking in time (an outage, a hands-off mark) takes nothing of the target's.
  if (waited > plan.settle_seconds / 2 && !isMarkOf(state, observed)) return write(taken, [intent]);
  if (waited > plan.settle_seconds)
    return failed(
      taken,
      number,
      `The target did not get there within ${plan.settle_seconds} s.${why(observed)}${unheard(observed)}`,
    );
  if (underWay(state, observed))
    return waiting(taken, "moving", `${words(effect)}${unheard(observed)}`, around.pollSeconds);
  // The look may have taken long.
  if (!holds(taken.book.lease, around.holder, fencing, around.now())) return lapsed(taken);
  try {
    const above = state.turned === null ? fencing : numberAbove(taken, observed);
    const mark = markFor(plan, effect, above, number, observed);
    await keepingLease(fencing, taken.keeper, around, () => around.target.apply(plan, effect, mark));
  } catch (error) {
    if (code(error) === "target-refused") return refused(taken, number, said(error));
    if (code(error) !== "overtaken") return unavailable(taken, error);
    taken.keeper.forget();
    return waiting(taken, "not-ours", said(error), around.pollSeconds);
  }
  return waiting(taken, "moving", words(effect), around.pollSeconds);
}

/** Behind a long request the book is another, and the lease may be somebody else's: then nothing more is written. */
async function refused(taken: Taken, number: number, sentence: string): Promise<Turn> {
  const { keeper, around, fencing } = taken;
  const book = await keeper.fresh();
  if (!holds(book.lease, around.holder, fencing, around.now())) return lapsed(taken);
  return failed({ ...taken, book }, number, sentence);
}

function lapsed(taken: Taken): Turn {
  taken.keeper.forget();
  return moved(taken.state);
}

function numberLeft({ state }: Taken, { mark }: Observed): number {
  return mark?.rollout === state.plan.rollout ? mark.number : 0;
}

function failed(taken: Taken, number: number, sentence: string): Promise<Turn> {
  const body: EventOf<"result">["body"] = {
    rollout: taken.state.plan.rollout,
    number,
    status: "failed",
    sentence,
  };
  return write(taken, [{ kind: "result", body }]);
}

async function approval(taken: Taken): Promise<Turn> {
  const { state, around } = taken;
  let given: Awaited<ReturnType<typeof around.approvals.look>>;
  try {
    given = await around.approvals.look(state);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return waiting(taken, "approval", error.message, 15);
  }
  if (given === null)
    return waiting(taken, "approval", "It waits for an approval before the last share.", 15);
  const body: EventOf<"command">["body"] = { rollout: state.plan.rollout, command: "approve", ...given };
  return write(taken, [{ kind: "command", body }]);
}

/** A target that cannot even be looked at: a person is needed, but for a way back, which is tried until it holds. */
async function silent(taken: Taken, error: unknown): Promise<Turn> {
  const { state } = taken;
  if (code(error) !== "target-refused") return unavailable(taken, error);
  if (state.stop !== null || state.turned !== null)
    return waiting(taken, "target-unavailable", said(error), taken.around.pollSeconds);
  const body = { rollout: state.plan.rollout, code: "target-refused", sentence: said(error) };
  return write(taken, [{ kind: "observation", body }]);
}

/** Whatever else is the matter with a target may be mended while it is asked again; a fault of ours may not. */
function unavailable(taken: Taken, error: unknown): Turn {
  if (!(error instanceof UserError)) throw error;
  if (taken.state.turned === null && error.exitCode === exitCodes.bug) throw error;
  return waiting(taken, "target-unavailable", said(error), taken.around.pollSeconds);
}

/** What a person is told, and says yes or no to: a mark that comes later is not meant by it. */
export function sightOf(observed: Observed): Sight {
  const { mark } = observed;
  return { ...shapeOf(observed), ...(mark === null ? {} : { mark: mark.number }) };
}

export function shapeOf({ stable, candidate, share }: Observed): Shape {
  return { stable, candidate, share };
}

function why({ faults }: Observed): string {
  return faults.map(({ sentence }) => ` ${sentence}`).join("");
}

/** Who does not answer is said, and said again, for as long as it holds everything up. */
function unheard({ silent = [] }: Observed): string {
  return silent.map((sentence) => ` ${sentence}`).join("");
}

export function words(effect: TargetEffect): string {
  return effect.kind === "share" ? `${effect.by} to ${effect.share} %` : effect.kind;
}

function code(error: unknown): string | undefined {
  return error instanceof UserError ? error.reasonCode : undefined;
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
