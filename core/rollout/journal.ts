import * as z from "zod";
import type { Around } from "./around.ts";
import type { Body, Book, Bookkeeper } from "./book.ts";
import { unfinished } from "./fold-stream.ts";
import { type Mark, mark } from "./observed.ts";
import { preempting } from "./own-lease.ts";
import { abortFor } from "./past-ledger.ts";
import type { RolloutState } from "./state.ts";

/** What a rollback writes down where the ledger cannot be reached, and how the ledger learns of it afterwards. */

export const journalEntry = z.strictObject({
  schema_version: z.literal(1),
  at: z.string(),
  /** One file may hold what was done for several services. */
  stream: z.string(),
  /** `asked` stands before the target was asked, `held` once it was seen back, `reconciled` once the ledger knows. */
  kind: z.enum(["asked", "held", "reconciled"]),
  mark,
});
export type JournalEntry = z.infer<typeof journalEntry>;

/** Kept where the ledger is not: a file beside the run. What is written stays. */
export type Journal = {
  read(): Promise<JournalEntry[]>;
  write(entry: JournalEntry): Promise<void>;
};

/** Tells the ledger what was done without it. Run again after a crash at any place, it writes nothing twice. */
export async function reconcile(journal: Journal, keeper: Bookkeeper, around: Around): Promise<void> {
  const { stream } = around;
  const entries = (await journal.read()).filter((entry) => entry.stream === stream);
  for (const { mark: owed, at } of unreconciled(entries)) {
    const held = entries.some((entry) => entry.kind === "held" && sameNumbers(entry.mark, owed));
    for (let attempt = 0; attempt < around.retry.attempts; attempt += 1) {
      const book = await keeper.fresh();
      const bodies = missing(book, { done: owed, at, held }, around);
      if (bodies.length > 0 && !(await keeper.append(book, bodies))) continue;
      await journal.write({ schema_version: 1, at: around.now(), stream, kind: "reconciled", mark: owed });
      break;
    }
  }
}

/** As they were first asked. */
function unreconciled(entries: readonly JournalEntry[]): JournalEntry[] {
  const owed = new Map<string, JournalEntry>();
  for (const entry of entries) {
    const { rollout, fencing, number } = entry.mark;
    const name = `${rollout} ${fencing} ${number}`;
    if (entry.kind === "reconciled") owed.delete(name);
    else if (!owed.has(name)) owed.set(name, entry);
  }
  return [...owed.values()];
}

export function sameNumbers(left: Mark, right: Mark): boolean {
  return left.rollout === right.rollout && left.fencing === right.fencing && left.number === right.number;
}

/** What the ledger does not hold yet of a rollback that was done without it. */
function missing(
  book: Book,
  { done, at, held }: { done: Mark; at: string; held: boolean },
  around: Around,
): Body[] {
  const bodies = preempting(book, around, done.fencing);
  // A rollback of which the ledger holds nothing at all stopped whatever was under way then, and nothing that came after.
  const going = unfinished(book.rollouts);
  const wasGoing = going !== undefined && Date.parse(going.openedAt) <= Date.parse(at) ? going : undefined;
  const state = book.rollouts.get(done.rollout) ?? wasGoing;
  if (state === undefined || state.doing.kind === "ended") return bodies;
  // A person who overruled it since then has the last word.
  if (state.turned === null && !state.disputed) bodies.push(abortFor(state.plan.rollout, around));
  return [...bodies, ...intentOf(state, done, held)];
}

function intentOf(state: RolloutState, { rollout, fencing, number }: Mark, held: boolean): Body[] {
  if (rollout !== state.plan.rollout || state.numbers >= number || state.disputed) return [];
  const intent: Body = { kind: "intent", body: { rollout, number, fencing, effect: { kind: "restore" } } };
  return held ? [intent, { kind: "result", body: { rollout, number, status: "done" } }] : [intent];
}
