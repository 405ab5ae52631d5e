import { openChain, seal } from "../../core/evidence/chain.ts";
import type { LedgerEvent, NewEvent } from "../../core/evidence/event.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { writeLine } from "../../core/evidence/line.ts";
import { verifyChain } from "../../core/evidence/verify.ts";
import type { Chain, Head } from "../../core/ports.ts";

/** The ledger as it truly stands. Hashes are real ones in some worlds only: they take longer than all the rest. */
export type TrueLedger = ReturnType<typeof trueLedger>;

export function trueLedger(stream: string, sealed: boolean) {
  let chain: Chain = { stream, events: [], head: null };

  const append = (events: NewEvent[], expected: Head | null): LedgerEvent[] => {
    if (chain.head?.hash !== expected?.hash) throw new HeadMoved(stream);
    const written = sealed ? seal(stream, chain.head, events) : numbered(stream, chain.head, events);
    const last = written.at(-1);
    if (last === undefined) return [];
    const head = { sequence: last.sequence, hash: last.hash };
    chain = { stream, events: [...chain.events, ...written], head };
    return written;
  };

  /** What is wrong with it, by the check that users run, and by its order where the hashes are none. */
  const fault = (): string | null => {
    if (sealed) {
      const text = chain.events.map((event) => `${writeLine(event)}\n`).join("");
      const read = openChain(stream, text === "" ? [] : [{ first: 0, where: "0", text }]);
      return verifyChain(read).fault?.sentence ?? null;
    }
    const nonces = new Set(chain.events.map(({ nonce }) => nonce));
    const inOrder = chain.events.every(
      ({ sequence, previous }, index) =>
        sequence === index && previous === (chain.events[index - 1]?.hash ?? null),
    );
    return inOrder && nonces.size === chain.events.length ? null : "The chain is out of order.";
  };
  return { read: (): Chain => chain, append, fault };
}

/** As a real ledger gives it back: without what is null. */
function stored(body: NewEvent["body"]): NewEvent["body"] {
  return Object.fromEntries(
    Object.entries(body).flatMap(([name, value]) => {
      if (value === null || value === undefined) return [];
      return [[name, isRecord(value) ? stored(value) : value]];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function numbered(stream: string, head: Head | null, events: NewEvent[]): LedgerEvent[] {
  let previous = head?.hash ?? null;
  let sequence = (head?.sequence ?? -1) + 1;
  return events.map((event) => {
    const hash = `${sequence} ${event.nonce}`;
    const written: LedgerEvent = {
      schema_version: 1,
      stream,
      sequence,
      previous,
      ...event,
      body: stored(event.body),
      hash,
    };
    previous = hash;
    sequence += 1;
    return written;
  });
}
