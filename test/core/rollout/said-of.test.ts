import { describe, expect, it } from "vitest";
import type { EventKind, LedgerEvent } from "../../../core/evidence/event.ts";
import { foldStream } from "../../../core/rollout/fold-stream.ts";
import { saidOf } from "../../../core/rollout/said-of.ts";
import { type StopRules, stopsOf } from "../../../core/rollout/stops.ts";
import { planFor } from "../../contracts/target-plan.ts";

/** A person's quarantine: what it keeps out, for how long, and who lets it in again. */

const start = Date.parse("2026-11-21T12:00:00.000Z");
const minute = (count: number): string => new Date(start + count * 60_000).toISOString();
const rules: StopRules = {
  quarantineSeconds: 1800,
  breaker: { rollbacks: 9, withinSeconds: 3600 },
  environment: { rollbacks: 9, withinSeconds: 600 },
};
const plan = planFor("v1", "v2");
const { rollout } = plan;

type Written = [kind: EventKind, body: Record<string, unknown>];
const opened: Written = ["rollout", { rollout, plan }];
const rolledBack: Written = [
  "outcome",
  { rollout, outcome: "rolled-back", candidate: "v2", automatic: true, reason_code: "harm", reason: "Harm." },
];
const aborted: Written = ["command", { rollout, command: "abort", reason: "so", by: "tess" }];
const overruled: Written = ["command", { rollout, command: "overrule", reason: "so", by: "tess" }];
const quarantined = (minutes: number, digest = "v2", by = "maria"): Written => [
  "quarantine",
  { digest, until: minute(minutes), reason: "It drains batteries.", by },
];
const lifted: Written = ["quarantine", { digest: "v2", reason: "It was the weather.", by: "tess" }];

/** One event a minute. */
function chain(...events: Written[]): LedgerEvent[] {
  return events.map(([kind, body], sequence) => ({
    ...{ schema_version: 1, stream: "production/shop", sequence, previous: null, hash: "", kind, body },
    ...{ nonce: "0123456789abcdef", at: minute(sequence), actor: "run" },
  }));
}
function untilOf(events: LedgerEvent[], now = minute(10), candidate = { id: "v2" }): string[] {
  const said = saidOf(events, candidate);
  return stopsOf(foldStream(events), [], candidate.id, rules, now, said).map(
    ({ code, until }) => `${code} ${until.slice(11, 16)}`,
  );
}

describe("what a person keeps out", () => {
  it.each<[string, Written[], string[]]>([
    ["stays out until then", [quarantined(60)], ["quarantined 13:00"]],
    ["and is free afterwards", [quarantined(10)], []],
    ["another version is free", [quarantined(60, "v3")], []],
    ["is let in by whoever lifts it", [quarantined(60), lifted], []],
    ["and out again by the next word", [quarantined(60), lifted, quarantined(40)], ["quarantined 12:40"]],
    ["is let in by nobody who says a shorter time", [quarantined(60), quarantined(1)], ["quarantined 13:00"]],
    [
      "stays out for longer where somebody says so",
      [quarantined(20), quarantined(60)],
      ["quarantined 13:00"],
    ],
    [
      "stays out by both where it was taken back as well",
      [opened, aborted, rolledBack, quarantined(60)],
      ["quarantined 13:00", "quarantined 12:32"],
    ],
    ["is let in whole", [opened, aborted, rolledBack, quarantined(60), lifted], []],
    ["but not if it is taken back once more", [lifted, opened, aborted, rolledBack], ["quarantined 12:33"]],
    ["is let in by an overruling", [opened, aborted, rolledBack, quarantined(60), overruled], []],
    ["and out again later", [opened, aborted, rolledBack, overruled, quarantined(60)], ["quarantined 13:00"]],
  ])("%s", (_, events, expected) => expect(untilOf(chain(...events))).toEqual(expected));

  it("is told with who said so, and why", () => {
    const events = chain(quarantined(60));
    const [found] = stopsOf(new Map(), [], "v2", rules, minute(10), saidOf(events, { id: "v2" }));
    expect(found?.sentence).toBe(
      "maria quarantined this candidate at 2026-11-21T12:00:00.000Z: It drains batteries. `adaptive-deploy quarantine --lift` frees it.",
    );
  });

  it("is known by its digest, and by the name that its target has for it", () => {
    const events = chain(quarantined(60, "sha256:d"), quarantined(60, "shop:1.2"));
    for (const version of [{ id: "shop:1.1", digest: "sha256:d" }, { id: "shop:1.2" }])
      expect(saidOf(events, version).quarantine).not.toBeNull();
    expect(saidOf(events, { id: "shop:1.1" }).quarantine).toBeNull();
  });

  it("is let in by nobody who is not believed", () => {
    const events = chain(quarantined(60), lifted);
    const said = saidOf(events, { id: "v2" }, ({ kind, body }) => kind !== "quarantine" || "until" in body);
    expect(said.quarantine?.body.by).toBe("maria");
  });
});

describe("a rollout under way", () => {
  const state = (...events: Written[]) => foldStream(chain(opened, ...events)).get(rollout);

  it("goes back as if whoever quarantines it had aborted it", () => {
    expect(state(quarantined(60))).toMatchObject({
      doing: { kind: "moving", effect: { kind: "restore" } },
      turned: {
        code: "aborted",
        automatic: false,
        sentence: "maria took it back: It is quarantined. It drains batteries.",
      },
    });
  });

  it.each<[string, Written[]]>([
    ["another version is quarantined", [quarantined(60, "v3")]],
    ["a quarantine is lifted", [lifted]],
    ["a person overruled it since", [quarantined(60), overruled]],
  ])("goes on where %s", (_, events) => expect(state(...events)?.turned).toBeNull());

  it("has ended and stays ended", () => {
    const before = state(aborted, rolledBack);
    expect(state(aborted, rolledBack, quarantined(60))).toEqual(before);
  });
});
