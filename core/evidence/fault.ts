import { exitCodes, UserError } from "../errors.ts";

export const faultKinds = [
  "shape",
  "hash",
  "stream",
  "sequence",
  "previous",
  "duplicate-nonce",
  "anchor",
] as const;
export type FaultKind = (typeof faultKinds)[number];

/** The first thing that is wrong with a chain. */
export type Fault = { stream: string; sequence: number; kind: FaultKind; where: string; sentence: string };

export function faultAt(at: Omit<Fault, "sentence">, problem: string): Fault {
  return { ...at, sentence: `Event ${at.sequence} of ${at.stream} (${at.where}) ${problem}.` };
}

/** A killed writer leaves no such file: segments appear whole or not at all. */
export const tornProblem =
  "is torn: its line breaks off in the middle, as after a failing disk or a half copy; with the file moved aside " +
  "the stream stands as it was before that event";

export function tampered(fault: Fault): UserError {
  return new UserError(
    "ledger-tampered",
    `${fault.sentence} Nothing that follows in this stream can be relied on. ` +
      "Look at it with `adaptive-deploy ledger verify`, and restore the stream from a copy that verifies.",
    exitCodes.unavailable,
  );
}
