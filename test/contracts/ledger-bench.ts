import { randomUUID } from "node:crypto";
import type { Retry } from "../../core/evidence/append.ts";
import type { LedgerEvent, NewEvent } from "../../core/evidence/event.ts";
import { serviceStream } from "../../core/evidence/stream.ts";
import type { Head, Ledger } from "../../core/ports.ts";

/** What every home of a ledger promises. An adapter's own test adds only its quirks. */
export type Bench = {
  /** A writer of its own on the same home, as on another machine. */
  open(): Promise<Ledger>;
  /** Settings with which a writer in another process opens the home; absent where no process can. */
  settings?(writer: number): Promise<object>;
  /** Changes the stored files of a stream behind the ledger's back. */
  tamper(stream: string, change: (files: Map<string, string>) => void): Promise<void>;
  close(): Promise<void>;
};

export type Size = {
  writers: number;
  processes: number;
  /** Leaves out tampering that differs in the reading of lines only, where every file takes many processes. */
  brief?: boolean;
};

export const event = (body: NewEvent["body"] = {}, more: Partial<NewEvent> = {}): NewEvent => ({
  kind: "outcome",
  at: "2026-03-01T10:00:00.000Z",
  actor: "octocat",
  nonce: randomUUID(),
  body,
  ...more,
});

export const retry: Retry = {
  attempts: 400,
  random: Math.random,
  wait: (milliseconds) => new Promise((done) => setTimeout(done, milliseconds)),
};

export const headOf = (events: LedgerEvent[]): Head | null => {
  const last = events.at(-1);
  return last === undefined ? null : { sequence: last.sequence, hash: last.hash };
};

export const production = serviceStream("production", "payments-api");
