import { describe, expect, it } from "vitest";
import { isKnownBack, requireEnd } from "../../../actions/rollout/borne-out.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import type { Ledger } from "../../../core/ports.ts";
import { foldStream } from "../../../core/rollout/fold-stream.ts";
import type { Shape } from "../../../core/rollout/observed.ts";
import type { RolloutPlan, Version } from "../../../core/rollout/plan.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { trueLedger } from "../../simulator/ledger.ts";
import { virtualTarget } from "../../virtual-target.ts";

/** A ledger that others may write, against a target that they may not. */

const stream = "production/shop";
type Ended = "completed" | "rolled-back";

function worldOf(shape: Shape, isTrusted = false) {
  const truth = trueLedger(stream, false);
  const virtual = virtualTarget("v1");
  virtual.shape = shape;
  let nonces = 0;
  const write = (kind: NewEvent["kind"], body: Record<string, unknown>): void => {
    const at = "2026-11-21T10:00:00.000Z";
    truth.append([{ kind, at, actor: "run", nonce: `n${nonces++}`, body }], truth.read().head);
  };
  const ledger: Ledger = {
    streams: async () => [stream],
    head: async () => truth.read().head,
    read: async () => truth.read(),
    append: async (_, events, expected) => truth.append(events, expected),
  };
  const around = { ledger, stream, target: virtual.target, ...(isTrusted ? {} : { believes: () => true }) };
  return {
    around,
    rollouts: () => foldStream(truth.read().events),
    /** A rollout of the ledger, from its opening to its end. */
    ended(plan: RolloutPlan, outcome: Ended | "overruled") {
      const { rollout } = plan;
      const reason = { reason_code: "because", reason: "It is so." };
      write("rollout", { rollout, plan });
      if (outcome === "completed") {
        const effects = [
          { kind: "deploy" },
          { kind: "share", share: 10, by: "weight" },
          { kind: "share", share: 100, by: "weight" },
          { kind: "promote" },
        ];
        for (const [index, effect] of effects.entries()) {
          write("intent", { rollout, number: index + 1, fencing: 1, effect });
          write("result", { rollout, number: index + 1, status: "done" });
          if (effect.kind === "share")
            write("verdict", { rollout, step: index - 1, verdict: "promote", at_window: 1, ...reason });
        }
      } else {
        write("command", { rollout, command: "abort", reason: "so", by: "maria" });
        write("intent", { rollout, number: 1, fencing: 1, effect: { kind: "restore" } });
        write("result", { rollout, number: 1, status: "done" });
      }
      const kept = outcome === "completed" ? outcome : "rolled-back";
      write("outcome", { rollout, outcome: kept, candidate: plan.candidate.id, automatic: false, ...reason });
      if (outcome === "overruled")
        write("command", { rollout, command: "overrule", reason: "so", by: "maria" });
      const state = foldStream(truth.read().events).get(rollout);
      if (state?.doing.kind !== "ended") throw new Error(`It did not end: ${JSON.stringify(state?.doing)}`);
      return state;
    },
  };
}

const alone = (stable: string): Shape => ({ stable, candidate: null, share: 0 });
const named = (rollout: string, stable: Version, candidate: Version): RolloutPlan => ({
  ...planFor(stable.id, candidate.id, { stable, candidate }),
  rollout,
});
const [first, second] = ["ro_000000000001", "ro_000000000002"];
const v0 = { id: "v0" };
const v1 = { id: "v1", digest: "sha256:one" };
const v2 = { id: "v2" };

describe("the version that a plan leads back to", () => {
  const back = named(second, v1, v2);
  it.each<[string, (world: ReturnType<typeof worldOf>) => void, Shape, RolloutPlan, boolean]>([
    ["is what the target has as stable", () => undefined, alone("v1"), back, true],
    ["was nowhere", () => undefined, alone("v9"), back, false],
    [
      "was brought by an earlier rollout",
      (world) => world.ended(named(first, v0, v1), "completed"),
      alone("v9"),
      back,
      true,
    ],
    [
      "was brought under another digest",
      (world) => world.ended(named(first, v0, { ...v1, digest: "sha256:two" }), "completed"),
      alone("v9"),
      back,
      false,
    ],
    [
      "was taken back before",
      (world) => world.ended(named(first, v0, v1), "rolled-back"),
      alone("v9"),
      back,
      false,
    ],
    [
      "is brought by the very plan",
      (world) => world.ended(named(second, v0, v1), "completed"),
      alone("v9"),
      back,
      false,
    ],
    ["is none", () => undefined, alone("v9"), { ...back, stable: null }, true],
  ])("%s", async (_, before, shape, plan, known) => {
    const world = worldOf(shape);
    before(world);
    expect(await isKnownBack(plan, world.rollouts(), world.around)).toBe(known);
  });

  it("is believed where nobody but the App writes the ledger", async () => {
    const world = worldOf(alone("v9"), true);
    expect(await isKnownBack(back, world.rollouts(), world.around)).toBe(true);
  });
});

describe("an end that the ledger tells", () => {
  const plan = named(first, v1, v2);
  const beside: Shape = { stable: "v1", candidate: "v2", share: 10 };
  it.each<[Ended | "overruled", string, Shape, boolean]>([
    ["completed", "is there", alone("v2"), true],
    ["completed", "is not", alone("v1"), false],
    ["rolled-back", "is there", alone("v1"), true],
    ["rolled-back", "is not", beside, false],
    ["overruled", "may be anything, because it may begin anew", beside, true],
  ])("%s: what it says %s", async (outcome, _, shape, holds) => {
    const world = worldOf(shape);
    const state = world.ended(plan, outcome);
    const asked = requireEnd({ state, code: "ended" }, world.around);
    if (holds) await expect(asked).resolves.toBeUndefined();
    else await expect(asked).rejects.toMatchObject({ reasonCode: "other-outcome", exitCode: 2 });
  });

  it("is not held against what a later rollout did", async () => {
    const world = worldOf(alone("v1"));
    const state = world.ended(plan, "completed");
    world.ended(named(second, v2, v1), "completed");
    await expect(requireEnd({ state, code: "ended" }, world.around)).resolves.toBeUndefined();
  });

  it("is not asked for while it goes on, nor of a ledger that nobody else writes", async () => {
    for (const [code, isTrusted] of [
      ["standing", false],
      ["ended", true],
    ] as const) {
      const world = worldOf(alone("v1"), isTrusted);
      const state = world.ended(plan, "completed");
      await expect(requireEnd({ state, code }, world.around)).resolves.toBeUndefined();
    }
  });
});
