import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { seal } from "../../../core/evidence/chain.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import {
  askForLease,
  askToRelease,
  askToRenew,
  foldLease,
  holds,
  type LeaseBody,
  type LeaseState,
} from "../../../core/evidence/lease.ts";

const at = (second: number) => new Date(Date.UTC(2026, 2, 1) + second * 1000).toISOString();
type Told = [second: number, action: LeaseBody["action"], holder: string, fencing: number, seconds?: number];

function events(told: Told[]): LedgerEvent[] {
  const bodies = told.map(([second, action, holder, fencing, seconds = 60], index) => ({
    kind: "lease" as const,
    at: at(second),
    actor: holder,
    nonce: `nonce-${index}-0123456789`,
    body: { action, holder, fencing, ...(action === "release" ? {} : { lease_seconds: seconds }) },
  }));
  return seal("production/api", null, bodies);
}

describe("the lease", () => {
  const cases: [what: string, told: Told[], held: [string, number, number] | null, voided: number[]][] = [
    ["nobody's at first", [], null, []],
    ["the first who asks has", [[0, "acquire", "ann", 1]], ["ann", 1, 60], []],
    [
      "a second who asks does not get",
      [
        [0, "acquire", "ann", 1],
        [1, "acquire", "bob", 2],
      ],
      ["ann", 1, 60],
      [1],
    ],
    [
      "its holder does not get twice",
      [
        [0, "acquire", "ann", 1],
        [1, "acquire", "ann", 2],
      ],
      ["ann", 1, 60],
      [1],
    ],
    [
      "its holder keeps longer",
      [
        [0, "acquire", "ann", 1],
        [50, "renew", "ann", 1],
      ],
      ["ann", 1, 110],
      [],
    ],
    [
      "another cannot renew",
      [
        [0, "acquire", "ann", 1],
        [50, "renew", "bob", 1],
      ],
      ["ann", 1, 60],
      [1],
    ],
    [
      "an old number cannot renew",
      [
        [0, "acquire", "ann", 1],
        [60, "takeover", "ann", 2],
        [61, "renew", "ann", 1],
      ],
      ["ann", 2, 120],
      [2],
    ],
    [
      "is not renewed once it ran out",
      [
        [0, "acquire", "ann", 1],
        [60, "renew", "ann", 1],
      ],
      ["ann", 1, 60],
      [1],
    ],
    [
      "a renewal never shortens",
      [
        [0, "acquire", "ann", 1],
        [1, "renew", "ann", 1, 5],
      ],
      ["ann", 1, 60],
      [],
    ],
    [
      "is taken over once it ran out, and not before",
      [
        [0, "acquire", "ann", 1],
        [59, "takeover", "bob", 2],
        [60, "takeover", "bob", 2],
      ],
      ["bob", 2, 120],
      [1],
    ],
    [
      "two take over, one has",
      [
        [0, "acquire", "ann", 1],
        [60, "takeover", "bob", 2],
        [60, "takeover", "cat", 2],
      ],
      ["bob", 2, 120],
      [2],
    ],
    [
      "is free once given back",
      [
        [0, "acquire", "ann", 1],
        [5, "release", "ann", 1],
      ],
      null,
      [],
    ],
    [
      "another cannot give back",
      [
        [0, "acquire", "ann", 1],
        [5, "release", "bob", 1],
      ],
      ["ann", 1, 60],
      [1],
    ],
    [
      "its number rises after it was given back",
      [
        [0, "acquire", "ann", 1],
        [5, "release", "ann", 1],
        [6, "acquire", "bob", 2],
      ],
      ["bob", 2, 66],
      [],
    ],
    [
      "no number is given twice or left out",
      [
        [0, "acquire", "ann", 2],
        [1, "acquire", "ann", 1],
        [2, "release", "ann", 1],
        [3, "acquire", "bob", 1],
        [3, "acquire", "bob", 3],
      ],
      null,
      [0, 3, 4],
    ],
    ["nobody takes over what nobody holds", [[0, "takeover", "ann", 1]], null, [0]],
  ];
  it.each(cases)("%s", (_what, told, held, voided) => {
    const state = foldLease(events(told));
    expect(state.void).toEqual(voided);
    if (held === null) expect(state.held).toBeNull();
    else expect(state.held).toMatchObject({ holder: held[0], fencing: held[1], expires_at: at(held[2]) });
  });

  it.each([
    { action: "seize", holder: "ann", fencing: 1, lease_seconds: 60 },
    { action: "acquire", holder: "", fencing: 1, lease_seconds: 60 },
    { action: "acquire", holder: "ann", fencing: 1 },
    { action: "acquire", holder: "ann", fencing: 1, lease_seconds: 1e9 },
    { action: "acquire", holder: "ann", fencing: "1", lease_seconds: 60 },
    { action: "acquire", holder: "ann", fencing: 1, lease_seconds: 60, extra: true },
  ])("is not changed by an event that says %j", (body) => {
    const event = { kind: "lease" as const, at: at(0), actor: "ann", nonce: "n".repeat(16), body };
    expect(foldLease(seal("production/api", null, [event]))).toEqual({ held: null, fencing: 0, void: [0] });
  });

  it("is not changed by an event whose clock cannot be read", () => {
    const body = { action: "acquire", holder: "ann", fencing: 1, lease_seconds: 60 };
    const event = { kind: "lease" as const, at: "noon", actor: "ann", nonce: "n".repeat(16), body };
    expect(foldLease(seal("production/api", null, [event])).void).toEqual([0]);
  });

  it("is held only by its holder, with its number, until it runs out", () => {
    const state = foldLease(events([[0, "acquire", "ann", 1]]));
    expect(holds(state, "ann", 1, at(59))).toBe(true);
    for (const [holder, fencing, now] of [
      ["ann", 1, at(60)],
      ["ann", 2, at(1)],
      ["bob", 1, at(1)],
      ["ann", 1, "noon"],
    ] as const) {
      expect(holds(state, holder, fencing, now)).toBe(false);
    }
    expect(askForLease(state, "bob", 60, "noon")).toMatchObject({ held: { holder: "ann" } });
  });

  it("is free where it was given out in the future, and by a chain of renewals no longer than one", () => {
    const future = 3 * 3600;
    const ahead = events([[future, "preempt", "mallory", 1, 86_400]]);
    expect(askForLease(foldLease(ahead), "ann", 60, at(0))).toMatchObject({
      granted: { action: "takeover" },
    });
    expect(holds(foldLease(ahead), "mallory", 1, at(0))).toBe(false);
    expect(
      foldLease(
        events([
          [future, "preempt", "mallory", 1],
          [0, "takeover", "ann", 2],
        ]),
      ),
    ).toMatchObject({
      held: { holder: "ann" },
      void: [],
    });
    const renewed = events([
      [0, "acquire", "mallory", 1, 86_400],
      [86_000, "renew", "mallory", 1, 86_400],
    ]);
    expect(askForLease(foldLease(renewed), "ann", 60, at(10))).toMatchObject({ granted: { fencing: 2 } });
    // A clock that is half an hour apart is a clock.
    const apart = foldLease(events([[1800, "acquire", "bob", 1]]));
    expect(askForLease(apart, "ann", 60, at(0))).toMatchObject({ held: { holder: "bob" } });
  });

  it("has one winner whoever asks when, and its number only rises", () => {
    const step = fc.record({
      wait: fc.integer({ min: -5, max: 90 }),
      holder: fc.constantFrom("ann", "bob", "cat"),
      ask: fc.constantFrom("take", "renew", "release"),
      fencing: fc.integer({ min: 1, max: 4 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let chain: LedgerEvent[] = [];
        let second = 0;
        for (const { wait, holder, ask, fencing } of steps) {
          second += wait;
          const before: LeaseState = foldLease(chain);
          const answer = asked(before, ask, holder, fencing, at(second));
          if ("refused" in answer) continue;
          const last = chain.at(-1);
          const head = last === undefined ? null : { sequence: last.sequence, hash: last.hash };
          const nonce = `nonce-${chain.length}-0123456789`;
          const event = {
            kind: "lease" as const,
            at: at(second),
            actor: holder,
            nonce,
            body: { ...answer.granted },
          };
          chain = [...chain, ...seal("production/api", head, [event])];
          const after = foldLease(chain);
          // What may be written always counts, and whoever held before holds no longer where the holder changed.
          expect(after.void).toEqual([]);
          if (ask === "take") {
            expect(after.fencing).toBe(before.fencing + 1);
            expect(after.held).toMatchObject({ holder, fencing: after.fencing });
            if (before.held)
              expect(holds(after, before.held.holder, before.held.fencing, at(second))).toBe(false);
          } else expect(after.fencing).toBe(before.fencing);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

function asked(state: LeaseState, ask: string, holder: string, fencing: number, now: string) {
  if (ask === "take") return askForLease(state, holder, 60, now);
  return ask === "renew" ? askToRenew(state, holder, fencing, 60, now) : askToRelease(state, holder, fencing);
}
