import * as z from "zod";
import type { Chain, Head } from "../ports.ts";
import { type Fault, faultAt } from "./fault.ts";

/** A head as it was seen outside the ledger: in a deployment status, an App's checkpoint, a signed statement. */
export const anchor = z.strictObject({
  stream: z.string(),
  sequence: z.int().nonnegative(),
  hash: z.string().regex(/^[0-9a-f]{64}$/, "a hash is 64 hexadecimal digits"),
});
export type Anchor = z.infer<typeof anchor>;

export type Verification = {
  stream: string;
  events: number;
  head: Head | null;
  /** Sequence up to which an anchor vouches for the chain; null where none does. */
  anchored_to: number | null;
  fault?: Fault;
  /** For a person: what was found, and what could not have been. */
  sentences: string[];
};

export function verifyChain(chain: Chain, anchors: Anchor[] = []): Verification {
  const mine = anchors.filter((item) => item.stream === chain.stream).sort((a, b) => a.sequence - b.sequence);
  const fault = chain.fault ?? firstBroken(chain, mine);
  const last = mine.at(-1);
  const held = fault === undefined ? (last?.sequence ?? null) : null;
  const common = { stream: chain.stream, events: chain.events.length, head: chain.head, anchored_to: held };
  if (fault !== undefined) return { ...common, fault, sentences: [fault.sentence] };
  return { ...common, sentences: [whole(chain), pinned(chain, held)] };
}

function firstBroken(chain: Chain, anchors: Anchor[]): Fault | undefined {
  for (const { stream, sequence, hash } of anchors) {
    const event = chain.events[sequence];
    if (event?.hash === hash) continue;
    const problem =
      event === undefined
        ? `is gone: an anchor saw it, and the stream now ends ${chain.head ? `at event ${chain.head.sequence}` : "before it begins"}`
        : "is not the event that an anchor saw: the chain was rewritten";
    return faultAt({ stream, sequence, kind: "anchor", where: "anchor" }, problem);
  }
  return undefined;
}

function whole(chain: Chain): string {
  if (chain.head === null) return `${chain.stream} holds no events.`;
  const count = chain.events.length;
  return `${chain.stream}: ${count === 1 ? "1 event, an unbroken chain" : `${count} events, an unbroken chain`} up to ${chain.head.hash.slice(0, 12)}.`;
}

function pinned(chain: Chain, heldTo: number | null): string {
  if (heldTo === null) return "Nothing outside the ledger pins its head: a truncation would not show.";
  const after = (chain.head?.sequence ?? 0) - heldTo;
  if (after <= 0) return "An anchor outside the ledger pins its head.";
  return `An anchor outside the ledger pins it up to event ${heldTo}: a truncation of the ${after} after it would not show.`;
}
