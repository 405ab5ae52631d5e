import { describe, expect, test } from "vitest";
import { seal } from "../../../core/evidence/chain.ts";
import type { LedgerEvent } from "../../../core/evidence/event.ts";
import { outcomesOf, releasesOfStream } from "../../../core/learning/outcomes.ts";
import type { RolloutEvent } from "../../../core/rollout/events.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { story } from "../rollout/story.ts";

const hour = 3600;
const start = Date.parse("2026-11-21T10:00:00.000Z") / 1000;
const later = start + 30 * 24 * hour;
const stream = "production/shop";

/** The rollout of a version that follows on another, so many hours after the first. */
function rollout(number: number, hours: number, more: Partial<RolloutPlan> = {}) {
  const tale = story({
    rollout: `ro_${String(number).padStart(12, "0")}`,
    commit: `commit-${number}`,
    candidate: { id: `v${number}` },
    stable: { id: `v${number - 1}` },
    ...more,
  }).later(hours * hour);
  tale.events.push({
    kind: "rollout",
    at: tale.at(),
    actor: "run",
    body: { rollout: tale.state.plan.rollout, plan: tale.state.plan },
  });
  return tale;
}
const good = (number: number, hours: number) =>
  rollout(number, hours).does(2).verdict("promote").does().verdict("promote").does().concludes();
const back = (from: number, to: number, hours: number, reason = "It hurts.") => {
  const tale = rollout(1000 + from, hours, {
    ...{ kind: "back", steps: [], candidate: { id: `v${from}` }, stable: { id: `v${to}` } },
  });
  const abort = { rollout: tale.state.plan.rollout, command: "abort" as const, reason, by: "maria" };
  tale.events.push({ kind: "command", at: tale.at(), actor: "run", body: abort });
  return tale.does().concludes();
};
const ledger = (...tales: { events: RolloutEvent[] }[]): LedgerEvent[] =>
  seal(
    stream,
    null,
    tales.flatMap(({ events }) => events).map((event) => ({ ...event, nonce: "0".repeat(16) })),
  );
const went = (...tales: { events: RolloutEvent[] }[]) =>
  outcomesOf(ledger(...tales), later).map((one) => one.went);

const watched = () => rollout(2, 1).does(2);

describe("a rollout", () => {
  test.each([
    ["that stood for 72 hours went well", good(2, 1), { well: "stable" }],
    [
      "that evidence took back failed",
      watched().verdict("rollback", 0, "evidence-of-harm").does().concludes(),
      { failed: "rolled-back" },
    ],
    ["that a person took back failed", watched().says("abort").does().concludes(), { failed: "rolled-back" }],
    [
      "that never came up failed",
      rollout(2, 1)
        .begins()
        .ends("failed")
        .begins()
        .ends("failed")
        .begins()
        .ends("failed")
        .does()
        .concludes(),
      { failed: "deployment-failed" },
    ],
    [
      "that shared its fault with the baseline counts for nothing",
      watched().verdict("rollback", 0, "shared-fault-after-step").does().concludes(),
      { unknown: "shared-fault" },
    ],
    [
      "that was taken back for want of data was not judged",
      watched().verdict("rollback", 0, "no-data").does().concludes(),
      { unknown: "not-judged" },
    ],
    ["that is under way is pending", watched(), "pending"],
    [
      "whose verdict a person overruled is disputed",
      watched().verdict("rollback", 0).does().concludes().says("overrule"),
      { unknown: "disputed" },
    ],
    [
      "whose verdict a person overruled on the way is disputed to its good end",
      watched()
        .verdict("rollback")
        .says("overrule")
        .does(2)
        .verdict("promote")
        .does()
        .verdict("promote")
        .does()
        .concludes(),
      { unknown: "disputed" },
    ],
    [
      "that went on although evidence said no missed its objective",
      rollout(2, 1, { unsafe_back: ["The schema has changed."] })
        .does(2)
        .verdict("rollback")
        .says("promote")
        .does()
        .verdict("promote")
        .does()
        .concludes(),
      { failed: "objective-missed" },
    ],
  ])("%s", (_, tale, expected) => {
    expect(went(tale)).toEqual([expected]);
  });

  test("that ended too short a time ago is pending, and counts from the end of that time on", () => {
    const events = ledger(good(2, 1));
    const ended = start + hour;
    expect(outcomesOf(events, ended + 72 * hour - 1)[0]?.went).toBe("pending");
    expect(outcomesOf(events, ended + 72 * hour)[0]).toMatchObject({
      went: { well: "stable" },
      at: ended + 72 * hour,
    });
  });

  test("after which somebody went back within a day failed, unless it is said to be unrelated", () => {
    expect(went(good(1, 0), good(2, 1), back(2, 1, 20))).toEqual([
      { well: "stable" },
      { failed: "rolled-back" },
    ]);
    expect(went(good(1, 0), good(2, 1), back(2, 1, 20, "Unrelated: the cluster moves."))[1]).toEqual({
      unknown: "unrelated-rollback",
    });
    expect(went(good(1, 0), good(2, 1), back(2, 1, 26))[1]).toEqual({ well: "stable" });
  });
});

test("going back over two rollouts undoes both, and the next begins behind the one before them", () => {
  const releases = releasesOfStream(
    stream,
    ledger(good(1, 0), good(2, 1), good(3, 2), back(3, 1, 3), good(4, 5)),
    later,
  );
  expect(releases.map(({ commit, service, stays }) => [commit, service, stays])).toEqual([
    ["commit-1", "shop", true],
    ["commit-2", "shop", false],
    ["commit-3", "shop", false],
    ["commit-4", "shop", true],
  ]);
});
