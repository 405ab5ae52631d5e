import { UserError } from "../errors.ts";
import { afterEnd } from "./after-end.ts";
import type { Around } from "./around.ts";
import type { Bookkeeper } from "./book.ts";
import type { Effect, Notice } from "./effect.ts";
import { effectsOf } from "./effects-of.ts";
import { onTarget } from "./on-target.ts";
import { ownLease, preempting } from "./own-lease.ts";
import { moved, type Taking, type Turn, waiting, write } from "./taking.ts";

/** One turn of a rollout: at most one append, and at most one request that changes the target. */
export async function turn(rollout: string, keeper: Bookkeeper, around: Around): Promise<Turn> {
  const book = await keeper.fresh();
  const state = book.rollouts.get(rollout);
  if (state === undefined)
    throw new UserError("unknown-rollout", `${around.stream} holds no rollout ${rollout} (any more).`);
  const taking: Taking = { state, book, keeper, around };
  const effects = effectsOf(state, around.now());
  const [first] = effects;
  const untold = effects.find((effect) => effect.do === "tell");
  if (first === undefined || first.do === "tell" || first.do === "end") {
    if (untold !== undefined) return tell(taking, untold.notice);
    return afterEnd(taking);
  }
  const lease = await ownLease(book, keeper, around);
  if (lease === "written") return moved(state);
  if ("refused" in lease) return refused(taking, lease.refused, first, untold?.notice);
  if (first.do === "conclude")
    return write(taking, [{ kind: "outcome", body: { rollout, ...first.outcome } }]);
  const turned = await onTarget({ ...taking, fencing: lease.held.fencing }, first, effects);
  // People are told once the target was asked for what is urgent, and never instead of it.
  return untold === undefined || turned.code === "moved" ? turned : tell(taking, untold.notice);
}

/** Who may not move it waits and tells people meanwhile; a way back does not wait for ever for a silent holder. */
function refused(taking: Taking, sentence: string, first: Effect, untold: Notice | undefined): Promise<Turn> {
  const { book, around } = taking;
  const restores = first.do === "apply" && first.effect.kind === "restore";
  if (restores && isSilent(taking)) return write(taking, preempting(book, around, book.lease.fencing));
  const waits = waiting(taking, "not-ours", sentence, around.leaseSeconds / 4);
  return untold === undefined ? Promise.resolve(waits) : tell(taking, untold);
}

/** Nothing was written of the way back for as long as policy lets all of it take. */
function isSilent({ state: { turned, open, plan }, book, around }: Taking): boolean {
  const signs = [turned?.at, book.lease.held?.since, open?.at].filter((at) => at !== undefined);
  // However far a sign lies ahead: it was not given just now.
  const seconds = signs.map((at) => Math.abs(Date.parse(around.now()) - Date.parse(at)) / 1000);
  return turned !== null && Math.min(...seconds) > plan.back_within_seconds;
}

/** Somebody who cannot be told just now is told in a later turn; nothing of the rollout waits for it. */
async function tell(taking: Taking, notice: Notice): Promise<Turn> {
  const { state, around } = taking;
  let where: string | undefined;
  try {
    where = await around.people.tell(state, notice);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return waiting(taking, "standing", `${notice.sentence} (${error.message})`, 15);
  }
  const body = { rollout: state.plan.rollout, notice, ...(where === undefined ? {} : { where }) };
  return write(taking, [{ kind: "notice", body }]);
}
