import type { LedgerEvent, NewEvent } from "./evidence/event.ts";
import type { Fault } from "./evidence/fault.ts";

/** What the core asks of the world. A port arrives with its first adapter. */

/** The last event of a stream; null stands for a stream that holds none. */
export type Head = { sequence: number; hash: string };

/** The chain of one stream (see evidence/stream.ts), or what stands of it: the events before the first fault. */
export type Chain = {
  stream: string;
  events: LedgerEvent[];
  head: Head | null;
  fault?: Fault;
  /** What stands at the fault and behind it and can be read: shown to auditors, believed by nobody. */
  unverified?: LedgerEvent[];
};

export type Ledger = {
  /** Every stream that the ledger holds events of. */
  streams(): Promise<string[]>;
  /** The last event alone, which costs the same however long the stream is. */
  head(stream: string): Promise<Head | null>;
  /** The whole chain, checked. A tampered chain is an answer (`fault`), not an error. */
  read(stream: string): Promise<Chain>;
  /**
   * Appends behind `expected` and gives the events as sealed, or throws HeadMoved (evidence/head-moved.ts), in
   * which case nothing was written. Several events of one call are written together or not at all.
   */
  append(stream: string, events: NewEvent[], expected: Head | null): Promise<LedgerEvent[]>;
};
