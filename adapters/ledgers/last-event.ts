import { type Fault, faultAt, tornProblem } from "../../core/evidence/fault.ts";
import { readLine } from "../../core/evidence/line.ts";
import type { Segment } from "../../core/evidence/segment.ts";
import type { Head } from "../../core/ports.ts";

/** The head of a stream from its last segment alone, or what is wrong with that segment. */
export function lastEvent(stream: string, segment: Segment): Head | Fault {
  const lines = segment.text.split("\n");
  const torn = lines.pop() !== "";
  const last = readLine(lines.at(-1) ?? "");
  const fault = (kind: Fault["kind"], problem: string, sequence = segment.first) =>
    faultAt({ stream, sequence, kind, where: segment.where }, problem);
  if (segment.problem !== undefined) return fault("shape", segment.problem);
  if (torn) return fault("shape", tornProblem);
  if (!("event" in last)) return fault(last.kind, last.problem);
  const { sequence, hash } = last.event;
  if (last.event.stream !== stream) return fault("stream", "was written for another stream", sequence);
  if (sequence !== segment.first + lines.length - 1) {
    return fault("sequence", "does not fit the name of the file it stands in", sequence);
  }
  return { sequence, hash };
}
