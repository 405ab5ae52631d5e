import { UserError } from "../errors.ts";
import { askForLease, askToRelease, askToRenew, type Held, holds, isExpired } from "../evidence/lease.ts";
import type { Around } from "./around.ts";
import type { Body, Book, Bookkeeper } from "./book.ts";

export type OwnLease = { held: Held } | { refused: string } | "written";

/** The lease that we hold by the book; taken or renewed where it has to be, and then the book is read anew. */
export async function ownLease(book: Book, keeper: Bookkeeper, around: Around): Promise<OwnLease> {
  const { lease } = book;
  const now = around.now();
  const { held } = lease;
  const ours =
    held !== null && held.holder === around.holder && holds(lease, around.holder, held.fencing, now);
  if (ours && left(held, now) > around.leaseSeconds / 2) return { held };
  const { holder, leaseSeconds } = around;
  const answer = ours
    ? askToRenew(lease, holder, held.fencing, leaseSeconds, now)
    : askForLease(lease, holder, leaseSeconds, now);
  if ("refused" in answer) return { refused: answer.refused };
  await keeper.append(book, [{ kind: "lease", body: answer.granted }]);
  return "written";
}

/**
 * Renews the lease for as long as the work goes on, which may be longer than the lease. What became of the lease is for
 * whoever goes on behind the work to see.
 */
export async function keepingLease<Result>(
  fencing: number,
  keeper: Bookkeeper,
  around: Around,
  work: () => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  const [done, kept] = await Promise.allSettled([
    work().finally(() => over.abort()),
    renewing(fencing, keeper, around, over.signal),
  ]);
  if (kept.status === "rejected") throw kept.reason;
  if (done.status === "rejected") throw done.reason;
  return done.value;
}

async function renewing(
  fencing: number,
  keeper: Bookkeeper,
  around: Around,
  over: AbortSignal,
): Promise<void> {
  const { holder, leaseSeconds } = around;
  while (true) {
    // So often that a renewal that fails, or comes second to another writer, is made good by the next.
    await around.pause((1000 * leaseSeconds) / 6, over);
    if (over.aborted) return;
    try {
      const book = await keeper.fresh();
      const { held } = book.lease;
      const now = around.now();
      const answer = askToRenew(book.lease, holder, fencing, leaseSeconds, now);
      if ("refused" in answer) return;
      if (held === null || left(held, now) <= leaseSeconds / 2)
        await keeper.append(book, [{ kind: "lease", body: answer.granted }]);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
}

/** No rollback past the ledger takes more numbers than this: a number so far above was not given out by us. */
export const mostNumbers = 100;

/**
 * Takes the lease from whoever has it, under a number above `known`: for a person's rollback, and where the target
 * knows of a higher number. Numbers are given out one by one, and never more than ours could have taken.
 */
export function preempting(book: Book, { holder, leaseSeconds }: Around, known: number): Body[] {
  const bodies: Body[] = [];
  const first = book.lease.fencing + 1;
  const last = Math.min(known + 1, book.lease.fencing + mostNumbers);
  for (let fencing = first; fencing <= last; fencing += 1)
    bodies.push({
      kind: "lease",
      body: { action: "preempt", holder, fencing, lease_seconds: leaseSeconds },
    });
  return bodies;
}

/** Nothing is lost where it cannot be given back: it runs out. */
export async function giveBack(keeper: Bookkeeper, around: Around): Promise<void> {
  const book = await keeper.fresh();
  const { held } = book.lease;
  if (held === null || held.holder !== around.holder || isExpired(held, around.now())) return;
  const answer = askToRelease(book.lease, around.holder, held.fencing);
  if ("granted" in answer) await keeper.append(book, [{ kind: "lease", body: answer.granted }]);
}

function left({ expires_at }: Held, now: string): number {
  return (Date.parse(expires_at) - Date.parse(now)) / 1000;
}
