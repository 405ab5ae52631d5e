import type { Body } from "./book.ts";
import type { Observed } from "./observed.ts";
import { sightOf, type Taken } from "./on-target.ts";
import { mostNumbers, preempting } from "./own-lease.ts";
import { isBack, isMarkOf } from "./reconcile.ts";
import { type Turn, waiting, write } from "./taking.ts";

/** The number is so far above the ledger's that none of ours took it, and the ledger cannot rise above it. */
export function isFarAbove({ book }: Taken, { mark }: Pick<Observed, "mark">): boolean {
  return mark !== null && mark.fencing >= book.lease.fencing + mostNumbers;
}

/** What a request is marked with: the lease's number, or on the way back one above whatever stands on the target. */
export function numberAbove({ state, fencing }: Taken, observed: Observed): number {
  const { mark } = observed;
  if (mark === null || mark.fencing <= fencing) return fencing;
  return isMarkOf(state, observed) ? mark.fencing : Math.min(mark.fencing + 1, Number.MAX_SAFE_INTEGER);
}

/**
 * The target carries a mark that the ledger does not know: a rollback was done while the ledger could not be reached.
 * Our number rises above it, and what it did is taken over, because whoever can write to the target may do that.
 */
export async function takeOver(taken: Taken, observed: Observed): Promise<Turn> {
  const { state, book, around } = taken;
  const { mark } = observed;
  const { plan } = state;
  const far = isFarAbove(taken, observed);
  const bodies: Body[] = far ? [] : preempting(book, around, mark?.fencing ?? 0);
  if (state.turned === null && !far && mark !== null && isBack(plan, mark))
    bodies.push(abortFor(plan.rollout, around));
  else if (state.turned === null && state.stop === null)
    bodies.push({
      kind: "observation",
      body: {
        rollout: plan.rollout,
        code: "changed-by-somebody",
        sentence: "The target was written under a number that the ledger does not know. It is left as it is.",
        seen: sightOf(observed),
      },
    });
  if (bodies.length === 0)
    return waiting(taken, "standing", "The target carries a mark that the ledger does not know.", 15);
  return write(taken, bodies);
}

export function abortFor(rollout: string, { holder }: { holder: string }): Body {
  const reason = "The target was taken back while the ledger could not be reached.";
  return { kind: "command", body: { rollout, command: "abort", reason, by: holder } };
}
