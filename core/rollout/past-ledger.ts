import type { Body } from "./book.ts";
import type { Observed } from "./observed.ts";
import type { Taken } from "./on-target.ts";
import { preempting } from "./own-lease.ts";
import { isBack } from "./reconcile.ts";
import { type Turn, waiting, write } from "./taking.ts";

/** No rollback past the ledger takes more numbers than this: a mark so far above was not written by us. */
const mostNumbers = 100;

/**
 * The target carries a mark that the ledger does not know: a rollback was done while the ledger could not be reached.
 * Our number rises above it, and what it did is taken over, because whoever can write to the target may do that.
 */
export async function takeOver(taken: Taken, { mark, stable, candidate, share }: Observed): Promise<Turn> {
  const { state, book, around } = taken;
  const { plan } = state;
  const bodies: Body[] = preempting(book, around, mark?.fencing ?? 0);
  if (state.turned === null && mark !== null && isBack(plan, mark))
    bodies.push(abortFor(plan.rollout, around));
  else if (state.turned === null && state.stop === null)
    bodies.push({
      kind: "observation",
      body: {
        rollout: plan.rollout,
        code: "changed-by-somebody",
        sentence: "The target was written under a number that the ledger does not know. It is left as it is.",
        seen: { stable, candidate, share },
      },
    });
  if (bodies.length === 0 || bodies.length > mostNumbers)
    return waiting(taken, "standing", "The target carries a mark that the ledger does not know.", 15);
  return write(taken, bodies);
}

export function abortFor(rollout: string, { holder }: { holder: string }): Body {
  const reason = "The target was taken back while the ledger could not be reached.";
  return { kind: "command", body: { rollout, command: "abort", reason, by: holder } };
}
