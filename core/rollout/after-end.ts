import { handsOffNow, type Observed } from "./observed.ts";
import { apply } from "./on-target.ts";
import { ownLease } from "./own-lease.ts";
import { changedBySomebody, staleWrite } from "./reconcile.ts";
import { moved, type Taking, type Turn, waiting } from "./taking.ts";

/**
 * The rollout has ended, and a request may still have been on its way: of a writer that was overtaken, where the target
 * could not refuse it, or one of our own that was asked for twice because its answer was lost. Whoever looks next puts
 * back what was reached. Nobody else is at it as long as no later rollout was opened.
 */
export async function afterEnd(taking: Taking): Promise<Turn> {
  const { state, book, keeper, around } = taking;
  const outcome = state.doing.kind === "ended" ? state.doing.outcome : "";
  const ended: Turn = { state, code: "ended", sentence: outcome };
  const last = [...book.rollouts.keys()].at(-1);
  if (state.reached === null || last !== state.plan.rollout) return ended;
  let observed: Observed;
  try {
    observed = await around.target.observe(state.plan);
  } catch {
    return ended;
  }
  // An intent that is open behind the end is of such an undoing.
  const undoing = state.open !== null && !changedBySomebody(state, observed);
  const stale = undoing || staleWrite(state, observed, book.lease.fencing);
  if (handsOffNow(observed, around.now()) !== null || !stale) return ended;
  const lease = await ownLease(book, keeper, around);
  if (lease === "written") return moved(state);
  if ("refused" in lease) return waiting(taking, "not-ours", lease.refused, around.leaseSeconds / 4);
  return await apply({ ...taking, fencing: lease.held.fencing }, state.reached, observed);
}
