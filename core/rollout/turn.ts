import { UserError } from "../errors.ts";
import { afterEnd } from "./after-end.ts";
import type { Around } from "./around.ts";
import type { Bookkeeper } from "./book.ts";
import type { Notice } from "./effect.ts";
import { effectsOf } from "./effects-of.ts";
import { onTarget } from "./on-target.ts";
import { ownLease } from "./own-lease.ts";
import { moved, type Taking, type Turn, waiting, write } from "./taking.ts";

/** One turn of a rollout: at most one append, and at most one request that changes the target. */
export async function turn(rollout: string, keeper: Bookkeeper, around: Around): Promise<Turn> {
  const book = await keeper.fresh();
  const state = book.rollouts.get(rollout);
  if (state === undefined) throw new TypeError(`The stream holds no rollout ${rollout}.`);
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
  if ("refused" in lease) return waiting(taking, "not-ours", lease.refused, around.leaseSeconds / 4);
  if (first.do === "conclude")
    return write(taking, [{ kind: "outcome", body: { rollout, ...first.outcome } }]);
  const turned = await onTarget({ ...taking, fencing: lease.held.fencing }, first, effects);
  // People are told once the target was asked for what is urgent, and never instead of it.
  return untold === undefined || turned.code === "moved" ? turned : tell(taking, untold.notice);
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
