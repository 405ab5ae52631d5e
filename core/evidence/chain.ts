import * as z from "zod";
import { UserError } from "../errors.ts";
import type { Chain, Head } from "../ports.ts";
import { canonicalJson } from "./canonical.ts";
import { eventKinds, type LedgerEvent, ledgerEvent, type NewEvent } from "./event.ts";
import { type Fault, type FaultKind, faultAt, tornProblem } from "./fault.ts";
import { hashOf, isTooDeep, longestLineBytes, readableEvent, readLine, writeLine } from "./line.ts";
import type { Segment } from "./segment.ts";

/** Gives new events their place behind a head: sequence, hash of the event before, and own hash. */
export function seal(stream: string, head: Head | null, events: NewEvent[]): LedgerEvent[] {
  const sealed: LedgerEvent[] = [];
  let [sequence, previous] = head === null ? [0, null] : [head.sequence + 1, head.hash];
  for (const event of events) {
    const next = sealOne(stream, sequence, previous, event);
    sealed.push(next);
    [sequence, previous] = [next.sequence + 1, next.hash];
  }
  return sealed;
}

function sealOne(stream: string, sequence: number, previous: string | null, event: NewEvent): LedgerEvent {
  if (isTooDeep(event.body)) throw refused(event, "its body nests too deep");
  const { kind, at, actor, nonce } = event;
  const body = asStored(event);
  const parsed = ledgerEvent
    .omit({ hash: true })
    .extend({ kind: z.enum(eventKinds) })
    .safeParse({ schema_version: 1, stream, sequence, previous, nonce, kind, at, actor, body });
  if (!parsed.success) throw refused(event, parsed.error.issues[0]?.message ?? "it has the wrong shape");
  const sealed = { ...parsed.data, hash: hashOf(parsed.data) };
  if (Buffer.byteLength(writeLine(sealed)) > longestLineBytes) {
    throw refused(
      event,
      `it takes more than ${longestLineBytes} bytes; record a digest of large material instead`,
    );
  }
  return sealed;
}

/** Through its canonical text and back, so that what is hashed is what a reader gets. */
function asStored(event: NewEvent): unknown {
  try {
    return JSON.parse(canonicalJson(event.body));
  } catch (error) {
    throw refused(event, error instanceof Error ? error.message : "its body is not JSON");
  }
}

function refused(event: NewEvent, why: string): UserError {
  return new UserError("bad-event", `A ${event.kind} event cannot be written to the ledger: ${why}.`);
}

/** Reads stored segments, in any order, into the chain they form, up to the first fault. */
export function openChain(stream: string, segments: Segment[]): Chain {
  const chain: Chain = { stream, events: [], head: null };
  const nonces = new Set<string>();
  const ordered = [...segments].sort((left, right) => left.first - right.first);
  for (const [index, segment] of ordered.entries()) {
    const before = chain.events.length;
    const fault = addSegment(chain, nonces, segment);
    if (fault === null) continue;
    const lines = ordered.slice(index).flatMap(({ text }) => text.split("\n"));
    const unverified = readableEvents(lines.slice(chain.events.length - before));
    return { ...chain, fault, ...(unverified.length ? { unverified } : {}) };
  }
  return chain;
}

/** What has the form of an event, whether or not its hash and place hold: for an auditor to look at. */
export function readableEvents(lines: readonly string[]): LedgerEvent[] {
  return lines.flatMap((line) => {
    const event = readableEvent(line);
    return event ? [event] : [];
  });
}

function addSegment(chain: Chain, nonces: Set<string>, segment: Segment): Fault | null {
  const next = () => (chain.head?.sequence ?? -1) + 1;
  const fault = (kind: FaultKind, problem: string, sequence = next()) =>
    faultAt({ stream: chain.stream, sequence, kind, where: segment.where }, problem);
  if (segment.problem !== undefined) return fault("shape", segment.problem);
  if (segment.first !== next()) return fault("sequence", `is missing: ${segment.where} stands in its place`);
  const lines = segment.text.split("\n");
  const torn = lines.pop() !== "";
  for (const line of lines) {
    const read = readLine(line);
    if (!("event" in read)) return fault(read.kind, read.problem);
    const problem = misplaced(chain, nonces, read.event);
    if (problem !== null) return fault(problem.kind, problem.sentence);
    nonces.add(read.event.nonce);
    chain.events.push(read.event);
    chain.head = { sequence: read.event.sequence, hash: read.event.hash };
  }
  if (torn) return fault("shape", tornProblem);
  return lines.length === 0 ? fault("shape", "is empty") : null;
}

function misplaced(
  chain: Chain,
  nonces: Set<string>,
  event: LedgerEvent,
): { kind: FaultKind; sentence: string } | null {
  const next = (chain.head?.sequence ?? -1) + 1;
  if (event.stream !== chain.stream) {
    return {
      kind: "stream",
      sentence: `was written for the stream ${JSON.stringify(event.stream.slice(0, 200))}`,
    };
  }
  if (event.sequence !== next) {
    return { kind: "sequence", sentence: `is missing: event ${event.sequence} stands in its place` };
  }
  if (event.previous !== (chain.head?.hash ?? null)) {
    return { kind: "previous", sentence: "names another event before it: one of the two was replaced" };
  }
  if (nonces.has(event.nonce)) {
    return { kind: "duplicate-nonce", sentence: "repeats the nonce of an earlier event: it is a copy" };
  }
  return null;
}
