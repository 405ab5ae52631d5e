import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "../../../core/evidence/canonical.ts";
import { openChain, seal } from "../../../core/evidence/chain.ts";
import type { LedgerEvent, NewEvent } from "../../../core/evidence/event.ts";
import { hashOf, writeLine } from "../../../core/evidence/line.ts";
import { type Segment, segmentPath, segmentText } from "../../../core/evidence/segment.ts";
import { verifyChain } from "../../../core/evidence/verify.ts";

const stream = "production/payments-api";
const made = (number: number): NewEvent => ({
  kind: "outcome",
  at: "2026-03-01T10:00:00.000Z",
  actor: "octocat",
  nonce: `nonce-${number}-0123456789`,
  body: { number },
});
const segment = (events: LedgerEvent[]): Segment => {
  const first = events[0]?.sequence ?? 0;
  return { first, where: segmentPath(first), text: segmentText(events) };
};
const rehashed = ({ hash: _, ...event }: LedgerEvent): LedgerEvent => ({ ...event, hash: hashOf(event) });
const four = seal(stream, null, [0, 1, 2, 3].map(made));
const one = (events: LedgerEvent[]) => events.map((event) => segment([event]));

/** Replaces an event, and every later one, as somebody would who knows how the chain is made. */
function rewritten(events: LedgerEvent[], from: number, change: Partial<LedgerEvent>): LedgerEvent[] {
  const next = [...events];
  for (let index = from; index < next.length; index += 1) {
    const event = next[index];
    if (event === undefined) continue;
    const previous = index === 0 ? null : (next[index - 1]?.hash ?? null);
    next[index] = rehashed({ ...event, ...(index === from ? change : {}), previous });
  }
  return next;
}

describe("a chain of events", () => {
  it("is numbered, linked and hashed, and continues behind a head", () => {
    expect(four.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3]);
    expect(four.map(({ previous }) => previous)).toEqual([null, ...four.slice(0, 3).map(({ hash }) => hash)]);
    const [, second, third] = four;
    const head = { sequence: 1, hash: second?.hash ?? "" };
    expect(seal(stream, head, [made(2)])).toEqual([third]);
    expect(openChain(stream, one(four))).toEqual({
      stream,
      events: four,
      head: { sequence: 3, hash: four[3]?.hash },
    });
    expect(openChain(stream, [segment(four)]).fault).toBeUndefined();
  });

  it("holds what a later version wrote, and takes no kind that it does not know", () => {
    const later = rehashed({ ...four[3], ...JSON.parse('{"kind":"later-kind"}') });
    const chain = openChain(stream, [segment([...four.slice(0, 3), later])]);
    expect([chain.fault, chain.events.at(-1)?.kind]).toEqual([undefined, "later-kind"]);
    expect(() => seal(stream, null, [later as NewEvent])).toThrow("cannot be written");
    const odd = rehashed({ ...four[3], ...JSON.parse('{"kind":"<b>odd</b>"}') });
    expect(openChain(stream, [segment([...four.slice(0, 3), odd])]).fault?.kind).toBe("shape");
  });

  it("can be checked with nothing but SHA-256: a line without its hash is what was hashed", () => {
    for (const event of four) {
      const hashed = writeLine(event).replace(`"hash":"${event.hash}",`, "");
      expect(createHash("sha256").update(hashed).digest("hex")).toBe(event.hash);
    }
  });

  it("gives back any body as it was canonically written", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (body) => {
        const sealed = seal(stream, null, [{ ...made(0), body }]);
        const chain = openChain(stream, one(sealed));
        expect(chain.fault).toBeUndefined();
        expect(chain.events).toEqual(sealed);
        const kept = Object.fromEntries(Object.entries(body).filter(([key]) => key !== "__proto__"));
        expect(canonicalJson(chain.events[0]?.body)).toBe(canonicalJson(kept));
      }),
    );
  });

  it("names any change of any single character", () => {
    const text = one(four).map((file) => file.text);
    fc.assert(
      fc.property(fc.nat(3), fc.nat(), fc.string({ minLength: 1, maxLength: 1 }), (file, place, letter) => {
        const before = text[file] ?? "";
        const at = place % before.length;
        fc.pre(before[at] !== letter);
        const after = before.slice(0, at) + letter + before.slice(at + 1);
        const chain = openChain(
          stream,
          one(four).map((item, index) => (index === file ? { ...item, text: after } : item)),
        );
        expect(chain.fault?.sequence).toBe(file);
        expect(chain.events).toEqual(four.slice(0, file));
      }),
    );
  });

  const cases: [what: string, kind: string, sequence: number, says: RegExp, segments: Segment[]][] = [
    [
      "a rewritten event",
      "previous",
      2,
      /names another event before it/,
      one([...rewritten(four.slice(0, 2), 1, { body: { number: 9 } }), ...four.slice(2)]),
    ],
    [
      "a first event with something before it",
      "previous",
      0,
      /names another/,
      one(
        rewritten(four, 0, {}).map((event, index) =>
          index === 0 ? rehashed({ ...event, previous: "x" }) : event,
        ),
      ),
    ],
    [
      "an event of another stream",
      "stream",
      1,
      /written for the stream "staging\/payments-api"/,
      one(rewritten(four, 1, { stream: "staging/payments-api" })),
    ],
    [
      "a renumbered event",
      "sequence",
      2,
      /event 7 stands in its place/,
      one(four).map((item, index) =>
        index === 2 ? { ...item, text: segmentText(rewritten(four, 2, { sequence: 7 }).slice(2, 3)) } : item,
      ),
    ],
    [
      "a copy under a new number",
      "duplicate-nonce",
      3,
      /repeats the nonce/,
      one(rewritten(four, 3, { nonce: made(1).nonce })),
    ],
    [
      "a missing event",
      "sequence",
      1,
      /is missing: 0000000\/000000002.jsonl stands/,
      one(four).filter((_, index) => index !== 1),
    ],
    ["a missing beginning", "sequence", 0, /is missing/, one(four).slice(1)],
    ["a file twice", "sequence", 2, /is missing/, [...one(four).slice(0, 2), ...one(four).slice(1)]],
    [
      "a future schema",
      "shape",
      1,
      /schema_version/,
      one(four).map((item, index) =>
        index === 1 ? { ...item, text: item.text.replace('"schema_version":1', '"schema_version":2') } : item,
      ),
    ],
    [
      "an unknown key",
      "shape",
      0,
      /is not an event/,
      [{ ...segment(four), text: segmentText(four).replace('{"actor"', '{"aaa":1,"actor"') }],
    ],
    [
      "a million nested lists",
      "shape",
      0,
      /nests deeper/,
      [{ ...segment(four), text: `{"a":${"[".repeat(1e5)}${"]".repeat(1e5)}}\n` }],
    ],
    [
      "an endless line",
      "shape",
      0,
      /longer than 1048576 bytes/,
      [{ ...segment(four), text: `"${"x".repeat(2e6)}"\n` }],
    ],
    ["a torn end", "shape", 3, /is torn/, [{ ...segment(four), text: segmentText(four).slice(0, -3) }]],
    [
      "a file that could not be read",
      "shape",
      1,
      /is larger/,
      [...one(four).slice(0, 1), { first: 1, where: "x", text: "", problem: "is larger than allowed" }],
    ],
    [
      "an edit in the middle of an append",
      "hash",
      1,
      /was edited/,
      [{ ...segment(four), text: segmentText(four).replace('"number":1', '"number":8') }],
    ],
  ];
  it.each(cases)("names %s as %s of event %d", (_what, kind, sequence, says, segments) => {
    const chain = openChain(stream, segments);
    expect(chain.fault).toMatchObject({ stream, kind, sequence });
    expect(chain.fault?.sentence).toMatch(new RegExp(`^Event ${sequence} of production/payments-api \\(`));
    expect(chain.fault?.sentence).toMatch(says);
    expect(chain.events.map((event) => event.sequence)).toEqual([0, 1, 2, 3].slice(0, sequence));
    expect(verifyChain(chain).fault).toEqual(chain.fault);
  });
});

describe("verifying a chain", () => {
  const chain = openChain(stream, one(four));
  const anchor = (sequence: number, hash = four[sequence]?.hash ?? "") => ({ stream, sequence, hash });

  it.each([
    ["no anchor", [], null, "Nothing outside the ledger pins its head: a truncation would not show."],
    [
      "an anchor of another stream",
      [{ ...anchor(3), stream: "changes" }],
      null,
      "Nothing outside the ledger",
    ],
    ["an anchor of the head", [anchor(3)], 3, "An anchor outside the ledger pins its head."],
    [
      "older anchors",
      [anchor(2), anchor(0)],
      2,
      "pins it up to event 2: a truncation of the 1 after it would not show",
    ],
  ] as const)("with %s says what is pinned", (_what, anchors, anchoredTo, says) => {
    const found = verifyChain(chain, [...anchors]);
    expect(found).toMatchObject({ events: 4, head: chain.head, anchored_to: anchoredTo });
    expect(found.fault).toBeUndefined();
    expect(found.sentences.join(" ")).toContain(says);
  });

  it("names a truncation and a rewritten past against an anchor", () => {
    const short = openChain(stream, one(four.slice(0, 2)));
    expect(verifyChain(short).fault).toBeUndefined();
    expect(verifyChain(short, [anchor(3)]).fault).toMatchObject({ kind: "anchor", sequence: 3, stream });
    expect(verifyChain(short, [anchor(3)]).sentences[0]).toContain(
      "is gone: an anchor saw it, and the stream now ends at event 1",
    );
    const other = openChain(stream, one(rewritten(four, 1, { body: { number: 9 } })));
    expect(other.fault).toBeUndefined();
    expect(verifyChain(other, [anchor(3)]).sentences[0]).toContain("the chain was rewritten");
    const emptied = openChain(stream, []);
    expect(verifyChain(emptied, [anchor(0)]).sentences[0]).toContain("before it begins");
  });
});
