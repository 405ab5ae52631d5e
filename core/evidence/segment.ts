import { UserError } from "../errors.ts";
import type { LedgerEvent } from "./event.ts";
import { longestLineBytes, writeLine } from "./line.ts";

/**
 * What one append wrote: a small file of lines, named by the sequence of its first event, in folders of a hundred.
 * A branch and a folder hold the same files, so `cat` over a checkout of the branch gives the stream as JSONL, and
 * the name of the next file is known to every writer: whoever creates it first has appended.
 */
export type Segment = {
  first: number;
  where: string;
  text: string;
  /** Said where the text could not be read as it stands, for example because it is too large. */
  problem?: string;
};

const bucketSize = 100;
export const longestSegmentBytes = 4 * longestLineBytes;
const pathPattern = /^(\d{7})\/(\d{9})\.jsonl$/;

export function bucketOf(sequence: number): string {
  return String(Math.floor(sequence / bucketSize)).padStart(7, "0");
}

export function segmentName(first: number): string {
  return `${String(first).padStart(9, "0")}.jsonl`;
}

export function segmentPath(first: number): string {
  return `${bucketOf(first)}/${segmentName(first)}`;
}

/** The sequence that a path names, or null for a file that holds no events (a branch may hold a README). */
export function firstOfPath(path: string): number | null {
  const found = pathPattern.exec(path);
  if (found === null) return null;
  const first = Number(found[2]);
  return segmentPath(first) === path ? first : null;
}

export function isBucket(name: string): boolean {
  return /^\d{7}$/.test(name);
}

export function segmentText(events: LedgerEvent[]): string {
  const text = events.map((event) => `${writeLine(event)}\n`).join("");
  if (Buffer.byteLength(text) <= longestSegmentBytes) return text;
  throw new UserError(
    "event-too-large",
    `One append of ${events.length} events takes more than ${longestSegmentBytes} bytes. Append them one by one, ` +
      "or keep large material elsewhere and record its digest.",
  );
}
