import { describe, expect, test } from "vitest";
import { type ExitCode, exitCodes, UserError } from "../../../core/errors.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import type { Around, Look } from "../../../core/rollout/around.ts";
import { bookkeeper } from "../../../core/rollout/book.ts";
import { oneTurn } from "../../../core/rollout/drive.ts";
import type { RolloutEvent } from "../../../core/rollout/events.ts";
import { foldStream } from "../../../core/rollout/fold-stream.ts";
import { preempting } from "../../../core/rollout/own-lease.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallWorld } from "./small-world.ts";

/** Whoever may push to the ledger, or write to the target, tries to keep a rollout from going back. */

const rollout = planFor("v1", "v2").rollout;

async function begun(more: Partial<RolloutPlan> = {}, other: Partial<Around> = {}) {
  const small = smallWorld();
  const { world } = small;
  const around: Around = { ...small.around, ...other };
  const push = async (...events: (Pick<NewEvent, "kind" | "body"> & { at?: string })[]) => {
    const { head } = await small.around.ledger.read(around.stream);
    const whole = events.map((one) => ({ at: around.now(), ...one, actor: "x", nonce: around.nonce() }));
    await small.around.ledger.append(around.stream, whole, head);
  };
  const plan = planFor("v1", "v2", { back_within_seconds: 60, ...more });
  await push({ kind: "rollout", body: { rollout, plan } });

  const state = async () => {
    const found = (await bookkeeper(around).fresh()).rollouts.get(rollout);
    if (found === undefined) throw new Error("There is none.");
    return found;
  };
  const turn = async (with_: Around = around) =>
    oneTurn(rollout, bookkeeper(with_), with_, { last: await state(), owed: false });
  const until = async (kind: string) => {
    for (let turns = 0; turns < 40 && (await state()).doing.kind !== kind; turns += 1) await turn();
    expect((await state()).doing.kind).toBe(kind);
  };
  const abort = (at = around.now()) =>
    push({ kind: "command", at, body: { rollout, command: "abort", reason: "so", by: "maria" } });
  return { world, around, push, state, turn, until, abort };
}

describe("a way back goes on whatever is the matter with the ledger", () => {
  test.each([
    ["tampered", exitCodes.badInput],
    ["bad-event", exitCodes.badInput],
    ["ledger-busy", exitCodes.unavailable],
  ])("%s", async (code, exit) => {
    const { world, around, until, abort, state } = await begun();
    await until("watching");
    const forwards = await state();
    await abort();
    const last = await state();
    const faulty: Around["ledger"] = {
      ...around.ledger,
      read: async () => {
        throw new UserError(code, "Somebody wrote into it.", exit);
      },
    };
    const with_ = { ...around, ledger: faulty };
    const keeper = bookkeeper(with_);
    world.asked.length = 0;
    const one = await oneTurn(rollout, keeper, with_, { last, owed: false });
    expect(one).toMatchObject({
      code: "ledger-unavailable",
      sentence: expect.stringContaining("Somebody wrote"),
    });
    expect(world.asked).toEqual([{ kind: "restore" }]);
    // It is back: what waiting does not mend is told now.
    const then = oneTurn(rollout, keeper, with_, { last, owed: false });
    if (exit === exitCodes.unavailable) expect((await then).code).toBe("ledger-unavailable");
    else await expect(then).rejects.toThrow(/v1 has everything again.* Somebody wrote/);
    await expect(oneTurn(rollout, keeper, with_, { last: forwards, owed: false })).rejects.toThrow("wrote");
  });

  test("one that makes no sense, and one that has lost the rollout", async () => {
    const { world, around, until, abort, state } = await begun();
    await until("watching");
    await abort();
    const last = await state();
    const senseless = await begun({ steps: [], bake_seconds: 1e300 });
    const deploy = { rollout, number: 1, fencing: 1, effect: { kind: "deploy" } };
    await senseless.push({ kind: "intent", body: deploy });
    await senseless.push({ kind: "result", body: { rollout, number: 1, status: "done" } });
    for (const { ledger } of [senseless.around, smallWorld().around]) {
      world.asked.length = 0;
      world.shape = { stable: "v1", candidate: "v2", share: 10 };
      const with_ = { ...around, ledger };
      const one = await oneTurn(rollout, bookkeeper(with_), with_, { last, owed: false });
      expect(one.code).toBe("ledger-unavailable");
      expect(world.asked).toEqual([{ kind: "restore" }]);
    }
  });
});

test("an event without an instant, and a word that cannot be looked up, are not believed", async () => {
  const { until, abort, state, around } = await begun();
  await until("watching");
  await abort("garbage");
  expect((await state()).turned).toBeNull();
  await abort();
  const { events } = await around.ledger.read(around.stream);
  const believes = (event: RolloutEvent): boolean => {
    if (event.kind === "command") throw new TypeError("The answer has no author.");
    return true;
  };
  expect(foldStream(events, believes).get(rollout)?.turned).toBeNull();
  expect(foldStream(events).get(rollout)?.turned).not.toBeNull();
});

test.each([3995, 100_000])("a word of %d characters takes a rollout back to its end", async (length) => {
  const { world, until, push } = await begun();
  await until("watching");
  const reason = "\u{1F680}".repeat(length / 2);
  await push({ kind: "command", body: { rollout, command: "abort", reason, by: "maria" } });
  await until("ended");
  expect(world.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  expect(world.kinds().filter((kind) => kind === "outcome")).toHaveLength(1);
  expect(world.kinds().filter((kind) => kind === "notice")).toHaveLength(1);
});

describe("a lease that somebody pushed", () => {
  const preempt = (fencing: number, at: string) => ({
    kind: "lease" as const,
    at,
    body: { action: "preempt", holder: "mallory", fencing, lease_seconds: 86_400 },
  });

  test("out of the future holds nobody up", async () => {
    const { until, push, world } = await begun();
    await until("watching");
    await push(preempt(2, "9998-01-01T00:00:00.000Z"));
    await until("watching");
    world.seconds += 1;
    const { turn, push: pushed, world: other } = await begun();
    await pushed(preempt(1, "9998-01-01T00:00:00.000Z"));
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect(other.asked).toEqual([{ kind: "deploy" }]);
  });

  test("people are told all the same, and a way back takes it after its time", async () => {
    const { world, around, until, push, abort, turn } = await begun();
    await until("watching");
    await abort();
    await push(preempt(2, around.now()));
    world.asked.length = 0;
    expect((await turn()).code).toBe("moved");
    expect(world.kinds().at(-1)).toBe("notice");
    expect(await turn()).toMatchObject({ code: "not-ours" });
    world.seconds += 61;
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect(world.bodies()).toContainEqual(expect.objectContaining({ action: "preempt", holder: "run" }));
    expect(world.asked).toEqual([{ kind: "restore" }]);
  });

  test("no more numbers are taken than a rollback of ours could have taken", async () => {
    const { around } = await begun();
    const book = await bookkeeper(around).fresh();
    expect(preempting(book, around, Number.MAX_SAFE_INTEGER)).toHaveLength(100);
    expect(preempting(book, around, 3)).toHaveLength(4);
  });
});

describe("a mark far above the ledger", () => {
  const far = { rollout, fencing: 10 ** 9, number: 9 };

  test("does not keep the rollout from going back, and its end is written", async () => {
    const { world, until, abort } = await begun();
    await until("watching");
    await abort();
    const to = { ...world.shape };
    world.mark = { ...far, from: to, to };
    world.asked.length = 0;
    await until("ended");
    expect(world.asked).toEqual([{ kind: "restore" }]);
    expect(world.mark).toMatchObject({ fencing: 10 ** 9 + 1 });
    expect(world.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  });

  test("stops one that goes forwards, and people are told", async () => {
    const { world, until, turn, state } = await begun();
    await until("watching");
    world.mark = { ...far, from: world.shape, to: { stable: "v1", candidate: null, share: 0 } };
    world.asked.length = 0;
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await state()).stop?.code).toBe("changed-by-somebody");
    expect(world.kinds().filter((kind) => kind === "notice")).toHaveLength(1);
    expect(world.asked).toEqual([]);
  });
});

test("whatever is the matter with a target, a way back asks again", async () => {
  const { around, until, abort, turn } = await begun();
  await until("watching");
  const troubled = (code: string, exit: ExitCode): Around => ({
    ...around,
    target: {
      ...around.target,
      observe: async () => {
        throw new UserError(code, "No.", exit);
      },
    },
  });
  const bug = troubled("kubernetes-unknown", exitCodes.bug);
  const waits = { code: "target-unavailable" };
  expect(await turn(troubled("kubernetes-configuration", exitCodes.badInput))).toMatchObject(waits);
  await expect(turn(bug)).rejects.toThrow("No.");
  await abort();
  // People are told first.
  expect(await turn(bug)).toMatchObject({ code: "moved" });
  expect(await turn(bug)).toMatchObject(waits);
});

describe("the end of a bake", () => {
  const blind: Look = { final: false, again: "2026-11-21T12:00:00.000Z", sentence: "No store.", blind: true };
  async function baked(looks: () => Look) {
    const small = await begun({ bake_seconds: 60, steps: [] }, { evidence: { look: async () => looks() } });
    await small.until("baking");
    small.world.asked.length = 0;
    small.world.seconds += 61;
    return small;
  }

  test("that nobody saw stands, and a person goes on without", async () => {
    const { world, turn, state, push } = await baked(() => blind);
    const waits = await turn();
    expect(waits).toMatchObject({ code: "baking", sentence: "No store." });
    world.seconds += 300;
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect((await state()).stop?.code).toBe("evidence-unavailable");
    expect(world.asked).toEqual([]);
    await push({ kind: "command", body: { rollout, command: "promote", reason: "so", by: "maria" } });
    for (let turns = 0; turns < 4; turns += 1) await turn();
    expect(world.asked).toEqual([{ kind: "promote" }]);
  });

  test("is a promotion once evidence answers, and a way back where it shows harm", async () => {
    let look: Look = blind;
    const { world, turn } = await baked(() => look);
    await turn();
    look = { final: false, again: "2026-11-21T12:00:00.000Z", sentence: "Nothing is wrong." };
    for (let turns = 0; turns < 3; turns += 1) await turn();
    expect(world.asked).toEqual([{ kind: "promote" }]);
    const harm = { verdict: "rollback", reason_code: "harm", reason: "Worse.", at_window: 1 } as const;
    const other = await baked(() => ({ final: true, verdict: harm }));
    for (let turns = 0; turns < 6; turns += 1) await other.turn();
    expect(other.world.asked).toEqual([{ kind: "restore" }]);
  });
});
