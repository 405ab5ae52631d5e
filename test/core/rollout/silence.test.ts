import { expect, test } from "vitest";
import type { EventKind, LedgerEvent } from "../../../core/evidence/event.ts";
import { foldStream, unfinished } from "../../../core/rollout/fold-stream.ts";
import { silenceOf } from "../../../core/rollout/silence.ts";
import { planFor } from "../../contracts/target-plan.ts";

const begin = Date.parse("2026-11-21T10:00:00.000Z");
const leaseSeconds = 600;
const rollout = planFor("v1", "v2").rollout;
type Told = [minute: number, kind: EventKind, body: Record<string, unknown>];

const opened: Told = [0, "rollout", { rollout, plan: planFor("v1", "v2") }];
const lease = (minute: number, action: string, fencing = 1): Told => [
  minute,
  "lease",
  { action, holder: "run", fencing, ...(action === "release" ? {} : { lease_seconds: leaseSeconds }) },
];
const said = (minute: number, command: string): Told => [
  minute,
  "command",
  { rollout, command, reason: "so", by: "tess" },
];
const restoring: Told = [21, "intent", { rollout, number: 1, fencing: 1, effect: { kind: "restore" } }];

function silent(told: readonly Told[], minutes: number) {
  const events = told.map(([minute, kind, body], sequence): LedgerEvent => {
    const at = new Date(begin + minute * 60_000).toISOString();
    return {
      ...{ schema_version: 1, stream: "production/shop", sequence, previous: null, hash: "", kind, body },
      ...{ nonce: "0123456789abcdef", at, actor: "run" },
    };
  });
  const state = unfinished(foldStream(events));
  if (state === undefined) throw new Error("Nothing is under way.");
  const now = new Date(begin + minutes * 60_000).toISOString();
  const { fromMs, ...rest } = silenceOf(events, state, leaseSeconds, now);
  return { ...rest, minute: (fromMs - begin) / 60_000 };
}

test.each<[string, Told[], number, number, string]>([
  ["opened, and never driven", [opened], 1, 20, "opened 2026-11-21T10:00:00.000Z"],
  ["driven", [opened, lease(0, "acquire")], 5, 20, "lease 1"],
  ["driven on", [opened, lease(0, "acquire"), lease(5, "renew")], 12, 25, "lease 1"],
  ["silent", [opened, lease(0, "acquire")], 30, 20, "lease 1"],
  ["taken over", [opened, lease(0, "acquire"), lease(30, "takeover", 2)], 31, 50, "lease 2"],
  ["spoken of", [opened, lease(0, "acquire"), said(15, "pause")], 16, 35, "lease 1"],
])(
  "a rollout that goes on is nobody's two leases behind the last sign of life: %s",
  (_, told, now, minute, name) => {
    expect(silent(told, now)).toMatchObject({ back: false, left: false, minute, name });
  },
);

test("whoever gave the lease back left it in order", () => {
  const left = [opened, lease(0, "acquire"), lease(5, "release")];
  expect(silent(left, 6)).toMatchObject({ left: true, back: false });
  expect(silent([...left, said(7, "abort")], 8)).toMatchObject({ left: true, back: true, minute: 7 });
});

test.each<[string, Told[], number, number, string]>([
  ["nobody ever drove it", [opened, said(3, "abort")], 4, 3, "back 2026-11-21T10:03:00.000Z"],
  ["the lease has run out", [opened, lease(0, "acquire"), said(20, "abort")], 20, 20, "lease 1 back"],
  ["its driver does not begin", [opened, lease(16, "acquire"), said(20, "abort")], 21, 22, "lease 1 back"],
  ["its lease runs out before", [opened, lease(11, "acquire"), said(20, "abort")], 20, 21, "lease 1 back"],
  ["its driver began", [opened, lease(16, "acquire"), said(20, "abort"), restoring], 25, 26, "lease 1 back"],
  [
    "another took it up",
    [opened, lease(0, "acquire"), said(20, "abort"), lease(25, "takeover", 2)],
    26,
    27,
    "lease 2 back",
  ],
])("a way back waits for a driver only while there may be one: %s", (_, told, now, minute, name) => {
  expect(silent(told, now)).toMatchObject({ back: true, minute, name });
});

test("one that people stopped is no way back that waits", () => {
  const unsafe = { ...planFor("v1", "v2"), unsafe_back: ["The schema was migrated."] };
  const told: Told[] = [[0, "rollout", { rollout, plan: unsafe }], said(3, "abort")];
  expect(silent(told, 4)).toMatchObject({ back: false, minute: 23 });
});

test("a time that cannot be read is no sign of life, and one beyond all calendars breaks nothing", () => {
  const odd = (at: string) => (events: LedgerEvent[]) =>
    events.map((one, index) => (index === 1 ? { ...one, at } : one));
  const events: LedgerEvent[] = [opened, lease(0, "acquire")].map(([, kind, body], sequence) => ({
    ...{ schema_version: 1, stream: "production/shop", sequence, previous: null, hash: "", kind, body },
    ...{ nonce: "0123456789abcdef", at: new Date(begin).toISOString(), actor: "run" },
  }));
  const state = unfinished(foldStream(events));
  if (state === undefined) throw new Error("Nothing is under way.");
  const now = new Date(begin).toISOString();
  expect(silenceOf(odd("soon")(events), state, leaseSeconds, now)).toMatchObject({ since: now });
  expect(silenceOf(odd("+275760-09-13T00:00:00Z")(events), state, leaseSeconds, now).fromMs).toBeGreaterThan(
    begin,
  );
});
