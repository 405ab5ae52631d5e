import { describe, expect, it } from "vitest";
import { openChain, seal } from "../../../core/evidence/chain.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import { segmentPath, segmentText } from "../../../core/evidence/segment.ts";
import { ledgerShow, ledgerVerify } from "../../../core/evidence/show.ts";

const stream = "production/payments-api";
const told: Partial<NewEvent>[] = [
  { kind: "decision", body: { risk_score: 47, strategy: "canary", reason_code: "within-policy" } },
  { kind: "lease", body: { action: "acquire", holder: "run 12/1", fencing: 1, lease_seconds: 60 } },
  { kind: "verdict", actor: "=cmd()", body: { verdict: "hold", reason: '\u001b[2J\u202Eerror, "rate"\nup' } },
];
const sealed = seal(
  stream,
  null,
  told.map((more, index) => ({
    kind: "outcome",
    at: `2026-03-01T10:0${index}:00.000Z`,
    actor: "octocat",
    nonce: `nonce-${index}-0123456789`,
    body: {},
    ...more,
  })),
);
const segments = sealed.map((event) => ({
  first: event.sequence,
  where: segmentPath(event.sequence),
  text: segmentText([event]),
}));
const chain = openChain(stream, segments);
const broken = openChain(stream, [...segments.slice(0, 1), ...segments.slice(2)]);

describe("showing a stream", () => {
  it("is a table that no event can break", () => {
    expect(ledgerShow(chain).replaceAll(/\b[0-9a-f]{12}\b/g, "<hash>")).toMatchInlineSnapshot(`
      "production/payments-api
      #  when                      kind      by       what                            hash
      0  2026-03-01T10:00:00.000Z  decision  octocat  47 / 100 canary, within-policy  <hash>
      1  2026-03-01T10:01:00.000Z  lease     octocat  acquire, run 12/1               <hash>
      2  2026-03-01T10:02:00.000Z  verdict   =cmd()   hold, �error, "rate" up         <hash>
      "
    `);
  });

  it("shows the last events only, and says how many it leaves out", () => {
    expect(ledgerShow(chain, { last: 1 })).toMatch(/verdict[\s\S]*\n2 earlier events are not shown\.\n$/);
    expect(ledgerShow(chain, { last: 2 })).toContain("1 earlier event is not shown.");
    expect(ledgerShow(chain, { last: 0 })).toContain("3 earlier events are not shown.");
    expect(ledgerShow(chain, { last: 99 })).not.toContain("not shown");
  });

  it("says that a stream is empty, and what is wrong with a broken one", () => {
    expect(ledgerShow({ stream: "changes", events: [], head: null })).toBe("changes\nNo events yet.\n");
    expect(ledgerShow(broken)).toMatch(/\nFAULT: Event 1 of production\/payments-api .* is missing/);
  });
});

describe("verifying streams", () => {
  it("says of each what was found, and whether all are whole", () => {
    expect(ledgerVerify([chain]).whole).toBe(true);
    expect(ledgerVerify([chain]).text).toMatch(
      /^production\/payments-api: 3 events, an unbroken chain up to [0-9a-f]{12}\.\nNothing outside/,
    );
    const found = ledgerVerify([{ stream: "changes", events: [], head: null }, broken]);
    expect(found.whole).toBe(false);
    expect(found.text).toMatch(/changes holds no events\.[\s\S]*FAULT: Event 1 of/);
    expect(found.verifications.map((one) => one.fault?.kind)).toEqual([undefined, "sequence"]);
    expect(ledgerVerify([])).toMatchObject({ whole: true, text: "The ledger holds no streams.\n" });
  });

  it("names a stream that an anchor saw and that is gone", () => {
    const anchor = { stream: "production/gone", sequence: 3, hash: "a".repeat(64) };
    const found = ledgerVerify([chain], [anchor]);
    expect(found.whole).toBe(false);
    expect(found.text).toContain("FAULT: Event 3 of production/gone (anchor) is gone");
  });
});
