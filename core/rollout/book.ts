import { UserError } from "../errors.ts";
import type { NewEvent } from "../evidence/event.ts";
import { tampered } from "../evidence/fault.ts";
import { HeadMoved } from "../evidence/head-moved.ts";
import { foldLease, type LeaseState } from "../evidence/lease.ts";
import type { Chain } from "../ports.ts";
import type { Around } from "./around.ts";
import { foldStream, type Rollouts } from "./fold-stream.ts";

/** A stream as it was read, with what follows from it. Whatever is written is written upon one of these. */
export type Book = { chain: Chain; rollouts: Rollouts; lease: LeaseState; readAt: string };
export type Body = Pick<NewEvent, "kind" | "body">;

/**
 * Reads the stream again where it is old, and appends by comparison with what was read: nothing is written upon what
 * has changed meanwhile.
 */
export function bookkeeper(
  around: Pick<Around, "ledger" | "stream" | "believes" | "freshSeconds" | "now" | "actor" | "nonce">,
) {
  let known: Book | null = null;
  /** As it was read last, however long ago: what stood there stands there still. */
  let before: Book | null = null;

  const open = (chain: Chain, readAt: string): Book => {
    const same = before !== null && isContinued(before.chain, chain) ? before : null;
    const events = same === null ? chain.events : chain.events.slice(same.chain.events.length);
    if (same !== null && events.length === 0) return { ...same, chain, readAt };
    return {
      chain,
      rollouts: foldStream(events, around.believes, same?.rollouts),
      lease: foldLease(events, same?.lease),
      readAt,
    };
  };

  const keep = (book: Book): Book => {
    known = book;
    before = book;
    return book;
  };

  const fresh = async (): Promise<Book> => {
    const now = around.now();
    const age = known === null ? Number.NaN : (Date.parse(now) - Date.parse(known.readAt)) / 1000;
    if (known !== null && age >= 0 && age <= around.freshSeconds) return known;
    const chain = await around.ledger.read(around.stream);
    if (chain.fault !== undefined) throw tampered(chain.fault);
    return keep(readable(() => open(chain, now)));
  };

  /** False where somebody else wrote since: then the stream is read again before anything is done. */
  const append = async (upon: Book, bodies: readonly Body[]): Promise<boolean> => {
    const at = around.now();
    const events: NewEvent[] = bodies.map((one) => ({
      ...one,
      at,
      actor: around.actor,
      nonce: around.nonce(),
    }));
    known = null;
    try {
      const sealed = await around.ledger.append(around.stream, events, upon.chain.head);
      const last = sealed.at(-1);
      const head = last === undefined ? upon.chain.head : { sequence: last.sequence, hash: last.hash };
      keep(open({ ...upon.chain, events: [...upon.chain.events, ...sealed], head }, upon.readAt));
      return true;
    } catch (error) {
      if (error instanceof HeadMoved) return false;
      throw error;
    }
  };

  const forget = (): void => {
    known = null;
  };
  return { fresh, append, forget };
}
export type Bookkeeper = ReturnType<typeof bookkeeper>;

/** What cannot be made sense of is a fault of the ledger, and a way back goes on without it. */
function readable(read: () => Book): Book {
  try {
    return read();
  } catch (error) {
    if (error instanceof UserError) throw error;
    const why = error instanceof Error ? error.message : String(error);
    const sentence = `The ledger cannot be read: ${why}. Look at its last events with \`adaptive-deploy ledger show\`.`;
    throw new UserError("ledger-unreadable", sentence);
  }
}

/** Whether the later chain holds all of the earlier one: each hash stands for everything before it. */
function isContinued(earlier: Chain, later: Chain): boolean {
  const { head, events } = earlier;
  return (
    head !== null && events.length === head.sequence + 1 && later.events[head.sequence]?.hash === head.hash
  );
}
