import { describe, expect, test } from "vitest";
import { bookkeeper } from "../../../core/rollout/book.ts";
import { drive, oneTurn } from "../../../core/rollout/drive.ts";
import { emergency, emergencyStep } from "../../../core/rollout/emergency.ts";
import { reconcile } from "../../../core/rollout/journal.ts";
import { opened } from "../../../core/rollout/next.ts";
import type { RolloutState } from "../../../core/rollout/state.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallWorld } from "./small-world.ts";

const plan = planFor("v1", "v2", { back_within_seconds: 5 });
const half = { stable: "v1", candidate: "v2", share: 50 };

/** A rollout at its first share, of which the ledger knows, and the ledger is away from now on. */
async function underWay() {
  const { world, around } = smallWorld();
  await around.ledger.append(
    around.stream,
    [
      {
        kind: "rollout",
        at: around.now(),
        actor: "run",
        nonce: around.nonce(),
        body: { rollout: plan.rollout, plan },
      },
    ],
    null,
  );
  const keeper = bookkeeper(around);
  let state: RolloutState = opened(plan, around.now());
  while (state.doing.kind !== "watching")
    state = (await oneTurn(plan.rollout, keeper, around, { last: state, owed: false })).state;
  world.seconds += 1;
  world.away = true;
  world.asked.length = 0;
  return { world, around, keeper, state };
}
const sleeping = (world: { seconds: number }) => async (milliseconds: number) => {
  world.seconds += milliseconds / 1000;
};

describe("a rollback that waits for nothing", () => {
  test("marks above all that is known, restores, and journals before it asks", async () => {
    const { world, around, state } = await underWay();
    expect(await emergency(state, around, sleeping(world))).toMatchObject({ code: "held" });
    expect(world.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    expect(world.asked).toEqual([{ kind: "restore" }]);
    expect(world.mark).toMatchObject({ fencing: 2, number: 3 });
    expect(world.journal.map(({ kind }) => kind)).toEqual(["asked", "held"]);
  });

  test("goes back all the same where the journal cannot be read", async () => {
    const { world, around, state } = await underWay();
    const { journal: _, ...without } = around;
    expect(await emergency(state, without, sleeping(world))).toMatchObject({ code: "held" });
  });

  test("keeps its hands off, and leaves what a person changed", async () => {
    const { world, around, state } = await underWay();
    world.handsOff = { by: "maria", reason: "an incident", until: null };
    expect(await emergencyStep(state, around)).toMatchObject({ code: "hands-off" });
    world.handsOff = null;
    world.shape = { stable: "v0", candidate: null, share: 0 };
    expect(await emergencyStep(state, around)).toMatchObject({ code: "changed" });
    expect(world.asked).toEqual([]);
  });

  test("takes the mark of another for none of its own, though the ledger gave it the same numbers", async () => {
    const { world, around, state } = await underWay();
    const lost = { ...around.target, apply: async () => undefined };
    expect(await emergencyStep(state, { ...around, target: lost })).toMatchObject({ code: "asked" });
    const [entry] = world.journal;
    if (entry === undefined) throw new Error("Nothing was journaled.");
    world.mark = { ...entry.mark, from: world.shape, to: half };
    world.settled = false;
    expect(await emergencyStep(state, around)).toMatchObject({ code: "asked" });
    const { fencing, number } = entry.mark;
    expect(world.mark).toMatchObject({ fencing: fencing + 1, number: number + 1 });
    expect(world.shape.candidate).toBeNull();
  });

  test("leaves what a later rollout brought, once it was seen back itself", async () => {
    const { world, around } = smallWorld(half);
    const state = opened(planFor("v1", "v2", { kind: "back", steps: [] }), around.now());
    const before = { stable: "v1", candidate: "v2", share: 0 };
    world.mark = { rollout: "ro_eeeeeeeeeeee", fencing: 8, number: 2, from: before, to: half };
    expect(await emergencyStep(state, around)).toMatchObject({ code: "asked" });
    expect(await emergencyStep(state, around)).toMatchObject({ code: "held" });
    const later = { stable: "v1", candidate: "v3", share: 10 };
    const from = { ...later, share: 0 };
    world.mark = { rollout: "ro_ffffffffffff", fencing: 10, number: 2, from, to: later };
    world.shape = later;
    expect(await emergencyStep(state, around)).toMatchObject({ code: "changed" });
    expect(world.shape).toEqual(later);
  });

  test("gives up after its time, and says what it saw last", async () => {
    const { world, around, state } = await underWay();
    world.settled = false;
    const target = { ...around.target, apply: async () => undefined };
    world.shape = half;
    const step = await emergency(state, { ...around, target }, sleeping(world));
    expect(step.code).toBe("asked");
    expect(world.seconds).toBeGreaterThan(5);
  });
});

describe("the ledger learns of it", () => {
  test("from the journal, once, whoever is asked again", async () => {
    const { world, around, keeper, state } = await underWay();
    await emergency(state, around, sleeping(world));
    world.away = false;
    const before = world.kinds().length;
    if (around.journal === undefined) throw new Error("There is no journal.");
    await reconcile(around.journal, keeper, around);
    const told = ["lease preempt", "lease preempt", "command abort", "intent", "result"];
    expect(world.kinds().slice(before)).toEqual(told);
    expect(world.bodies().slice(-2)).toMatchObject([
      { number: 3, fencing: 2 },
      { number: 3, status: "done" },
    ]);
    // The line that says so was lost in a crash: the ledger itself says it.
    world.journal.pop();
    await reconcile(around.journal, keeper, around);
    expect(world.kinds().slice(before)).toEqual(told);
  });

  test("and takes back what was under way then, though it was known by no name, and nothing that came after", async () => {
    for (const [seconds, kinds] of [
      [-1, []],
      [1, ["command abort"]],
    ] as const) {
      const { world, around, keeper, state } = await underWay();
      const nameless = opened(
        planFor("v1", "v2", { kind: "back", rollout: "ro_aaaaaaaaaaaa" }),
        around.now(),
      );
      const then = new Date(Date.parse(state.openedAt) + seconds * 1000).toISOString();
      await emergency(nameless, { ...around, now: () => then }, sleeping(world));
      world.away = false;
      if (around.journal === undefined) throw new Error("There is no journal.");
      await reconcile(around.journal, keeper, around);
      expect(world.kinds().filter((kind) => kind === "command abort")).toEqual(kinds);
      expect(world.journal.at(-1)?.kind).toBe("reconciled");
    }
  });

  test("and that of another service learns nothing, whose journal is the same file", async () => {
    const { world, around, keeper, state } = await underWay();
    await emergency(state, { ...around, stream: "production/payments" }, sleeping(world));
    world.away = false;
    const before = world.kinds().length;
    if (around.journal === undefined) throw new Error("There is no journal.");
    await reconcile(around.journal, keeper, around);
    expect(world.kinds()).toHaveLength(before);
    expect(world.journal.map(({ kind }) => kind)).toEqual(["asked", "held"]);
  });

  test("from the mark alone, and the rollout ends there", async () => {
    const { world, around, state } = await underWay();
    await emergency(state, around, sleeping(world));
    world.away = false;
    world.journal.length = 0;
    world.asked.length = 0;
    const end = await drive(plan.rollout, around, {
      progress: () => undefined,
      sleep: sleeping(world),
      stopped: () => false,
    });
    expect(end).toMatchObject({ code: "ended", sentence: "rolled-back" });
    expect(world.asked).toEqual([]);
    expect(world.kinds()).toContain("command abort");
  });
});

test("a driver whose ledger goes away on the way back goes back without it", async () => {
  const { world, around, keeper, state } = await underWay();
  const turned = { code: "harm", sentence: "It was worse.", automatic: true, at: around.now() };
  const back: RolloutState = {
    ...state,
    turned,
    doing: { kind: "moving", effect: { kind: "restore" }, step: -1, attempt: 1 },
  };
  const turn = await oneTurn(plan.rollout, keeper, around, { last: back, owed: false });
  expect(turn.code).toBe("ledger-unavailable");
  expect(world.asked).toEqual([{ kind: "restore" }]);
  expect(world.shape.candidate).toBeNull();
  // Forwards nothing moves without it.
  world.asked.length = 0;
  await oneTurn(plan.rollout, keeper, around, { last: state, owed: false });
  expect(world.asked).toEqual([]);
});
