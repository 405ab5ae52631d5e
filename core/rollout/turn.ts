import { UserError } from "../errors.ts";
import { afterEnd } from "./after-end.ts";
import type { Around } from "./around.ts";
import type { Bookkeeper } from "./book.ts";
import type { Effect } from "./effect.ts";
import { effectsOf } from "./effects-of.ts";
import { pageStop } from "./environment-stop.ts";
import { onTarget } from "./on-target.ts";
import { ownLease, preempting } from "./own-lease.ts";
import { moved, type Taking, type Turn, waiting, write } from "./taking.ts";
import { tell, unheard } from "./telling.ts";

/** One turn of a rollout: at most one append, and at most one request that changes the target. */
export async function turn(rollout: string, keeper: Bookkeeper, around: Around): Promise<Turn> {
  const book = await keeper.fresh();
  const state = book.rollouts.get(rollout);
  if (state === undefined)
    throw new UserError("unknown-rollout", `${around.stream} holds no rollout ${rollout} (any more).`);
  const taking: Taking = { state, book, keeper, around };
  const effects = effectsOf(state, around.now());
  const turned = await acted(taking, effects);
  if (turned.code === "moved") return turned;
  const untold = effects.find((effect) => effect.do === "tell");
  if (untold !== undefined) return tell(taking, untold.notice, turned);
  return turned.code === "ended" && state.turned?.automatic === true ? counted(taking, turned) : turned;
}

async function acted(taking: Taking, effects: readonly Effect[]): Promise<Turn> {
  const { state, book, keeper, around } = taking;
  const [first] = effects;
  if (first === undefined || first.do === "tell" || first.do === "end") return afterEnd(taking);
  const lease = await ownLease(book, keeper, around);
  if (lease === "written") return moved(state);
  if ("refused" in lease) return refused(taking, lease.refused, first);
  if (first.do === "conclude")
    return write(taking, [{ kind: "outcome", body: { rollout: state.plan.rollout, ...first.outcome } }]);
  return onTarget({ ...taking, fencing: lease.held.fencing }, first, effects);
}

/** One more that was taken back: it may be the one by which the whole environment stops. */
async function counted(taking: Taking, turned: Turn): Promise<Turn> {
  try {
    await pageStop(taking.around);
    return turned;
  } catch (error) {
    return unheard(taking, turned, "Whether the environment stops was not found out.", error);
  }
}

/** Who may not move it waits; a way back does not wait for ever for a silent holder. */
async function refused(taking: Taking, sentence: string, first: Effect): Promise<Turn> {
  const { book, around } = taking;
  const restores = first.do === "apply" && first.effect.kind === "restore";
  if (restores && isSilent(taking)) return write(taking, preempting(book, around, book.lease.fencing));
  return waiting(taking, "not-ours", sentence, around.leaseSeconds / 4);
}

/** Nothing was written of the way back for as long as policy lets all of it take. */
function isSilent({ state: { turned, open, plan }, book, around }: Taking): boolean {
  const signs = [turned?.at, book.lease.held?.since, open?.at].filter((at) => at !== undefined);
  // However far a sign lies ahead: it was not given just now.
  const seconds = signs.map((at) => Math.abs(Date.parse(around.now()) - Date.parse(at)) / 1000);
  return turned !== null && Math.min(...seconds) > plan.back_within_seconds;
}
