import type { Around } from "./around.ts";
import type { Body, Book, Bookkeeper } from "./book.ts";
import type { RolloutState } from "./state.ts";

export const turnCodes = [
  "moved",
  "moving",
  "watching",
  "approval",
  "baking",
  "standing",
  "hands-off",
  "not-ours",
  "ledger-unavailable",
  "target-unavailable",
  "ended",
] as const;
export type TurnCode = (typeof turnCodes)[number];

/** What one turn came to; the loop around it only sleeps. */
export type Turn = {
  state: RolloutState;
  /** What was done, what it waits for, or why nothing moves. */
  code: TurnCode;
  sentence: string;
  /** When to look again; absent: at once. */
  again?: string;
  /** What people could not be told, and why: the rollout goes on meanwhile. */
  unheard?: string;
};

/** What the parts of one turn share: the book that everything is written upon, and what follows from it. */
export type Taking = { state: RolloutState; book: Book; keeper: Bookkeeper; around: Around };

export async function write({ state, book, keeper, around }: Taking, bodies: readonly Body[]): Promise<Turn> {
  if (await keeper.append(book, bodies)) return moved(state);
  // Somebody else wrote first; two that write at once do not do so again at once.
  return { ...moved(state), again: new Date(Date.parse(around.now()) + lostMs).toISOString() };
}

const lostMs = 500;

export function moved(state: RolloutState): Turn {
  return { state, code: "moved", sentence: "" };
}

export function waiting(
  { state, around }: Pick<Taking, "state" | "around">,
  code: TurnCode,
  sentence: string,
  seconds: number,
): Turn {
  const again = new Date(Date.parse(around.now()) + seconds * 1000).toISOString();
  return { state, code, sentence, again };
}
