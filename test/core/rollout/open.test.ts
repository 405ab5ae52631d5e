import { describe, expect, test } from "vitest";
import { open } from "../../../core/rollout/open.ts";
import type { NewPlan } from "../../../core/rollout/plan.ts";
import type { StopRules } from "../../../core/rollout/stops.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { smallWorld } from "./small-world.ts";

const rules: StopRules = {
  quarantineSeconds: 1800,
  breaker: { rollbacks: 1, withinSeconds: 3600 },
  environment: { rollbacks: 9, withinSeconds: 3600 },
};
function newPlan(more: Partial<NewPlan> = {}): NewPlan {
  const { rollout: _, ...plan } = planFor("v1", "v2", more);
  return plan;
}
type World = ReturnType<typeof smallWorld>["world"];
const shares = (...given: number[]) =>
  given.map((share) => ({ share, by: "weight" as const, window_seconds: 60, healthy_windows: 1 }));

describe("nothing moves where something speaks against it", () => {
  const nobody = () => undefined;
  test.each<[string, Partial<NewPlan>, (world: World) => unknown]>([
    [
      "unsupported-strategy",
      {},
      (world) => world.refusals.push({ code: "unsupported-strategy", sentence: "No." }),
    ],
    ["shares-not-rising", { steps: shares(50, 50, 100) }, nobody],
    ["shares-not-rising", { steps: shares(10, 50) }, nobody],
    ["no-known-good", { stable: null }, nobody],
    ["no-known-good", { kind: "back", steps: [], stable: null }, nobody],
    ["already-there", {}, (world) => (world.shape = { stable: "v2", candidate: null, share: 0 })],
    ["already-there", { kind: "back", steps: [] }, nobody],
    ["target-moving", {}, (world) => (world.settled = false)],
    ["changed-by-somebody", {}, (world) => (world.shape = { stable: "v1", candidate: "v9", share: 5 })],
    ["hands-off", {}, (world) => (world.handsOff = { by: "maria", reason: "an incident", until: null })],
  ])("%s", async (code, more, arrange) => {
    const { world, around } = smallWorld();
    arrange(world);
    expect(await open(newPlan(more), { ...around, rules })).toMatchObject({ refused: [{ code }] });
    expect(world.kinds()).toEqual([]);
    expect(world.asked).toEqual([]);
  });
});

test("the same candidate is gone on with, another one waits", async () => {
  const { world, around } = smallWorld();
  const first = await open(newPlan(), { ...around, rules });
  expect(first).toMatchObject({ adopted: false });
  expect(await open(newPlan(), { ...around, rules })).toEqual({ ...first, adopted: true });
  const other = await open(newPlan({ candidate: { id: "v3" } }), { ...around, rules });
  expect(other).toMatchObject({ refused: [{ code: "rollout-in-progress" }] });
  expect(world.kinds()).toEqual(["rollout"]);
});

test("a plan without a known good version is read again as it was written", async () => {
  const { world, around } = smallWorld();
  await open(newPlan({ steps: shares(100) }), { ...around, rules });
  expect(world.bodies()[0]).toMatchObject({ plan: { candidate: { id: "v2" }, stable: { id: "v1" } } });
});

test("quarantine and breaker keep a candidate out, and nobody from going back", async () => {
  const { world, around } = smallWorld();
  const opened = await open(newPlan(), { ...around, rules });
  if (!("rollout" in opened)) throw new Error("It was refused.");
  const { rollout } = opened;
  const event = (kind: "verdict" | "outcome", body: object) => ({
    kind,
    body: { rollout, ...body },
    at: around.now(),
    actor: "run",
    nonce: around.nonce(),
  });
  const chain = await around.ledger.read(around.stream);
  const reason = { reason_code: "harm", reason: "It was worse." };
  await around.ledger.append(
    around.stream,
    [
      {
        ...event("outcome", {}),
        kind: "intent",
        body: { rollout, number: 1, fencing: 1, effect: { kind: "deploy" } },
      },
      { ...event("outcome", {}), kind: "result", body: { rollout, number: 1, status: "done" } },
      {
        ...event("outcome", {}),
        kind: "intent",
        body: { rollout, number: 2, fencing: 1, effect: { kind: "share", share: 10, by: "weight" } },
      },
      { ...event("outcome", {}), kind: "result", body: { rollout, number: 2, status: "done" } },
      event("verdict", { step: 0, verdict: "rollback", at_window: 1, ...reason }),
      event("outcome", { outcome: "rolled-back", candidate: "v2", automatic: true, ...reason }),
    ],
    chain.head,
  );
  world.seconds = 60;
  const again = await open(newPlan(), { ...around, rules });
  expect(again).toMatchObject({ refused: [{ code: "quarantined" }, { code: "breaker-open" }] });
  world.shape = { stable: "v2", candidate: null, share: 0 };
  const back = await open(newPlan({ kind: "back", steps: [] }), { ...around, rules });
  expect(back).toMatchObject({ adopted: false });
});
