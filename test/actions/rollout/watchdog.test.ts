import { describe, expect, it, onTestFinished } from "vitest";
import { watchOver } from "../../../actions/rollout/watchdog.ts";
import { exitCodes, UserError } from "../../../core/errors.ts";
import type { Ledger } from "../../../core/ports.ts";
import { evidenceOf, rolloutWorld, type World } from "./world.ts";

async function silent(seconds: number, word: "promote" | "rollback" = "promote"): Promise<World> {
  const world = await rolloutWorld();
  onTestFinished(() => world.close());
  const id = await world.decide("v2");
  const died = new Error("the runner is gone");
  const meanwhile = [
    () => undefined,
    () => undefined,
    () => {
      throw died;
    },
  ];
  const inputs = { "decision-id": id, candidate: "v2" };
  const job = { inputs, meanwhile, evidence: evidenceOf(() => word, world.now) };
  await expect(world.rollout(job)).rejects.toBe(died);
  world.later(seconds);
  return world;
}

/** Somebody takes the last rollout back, as the App writes it down. */
async function abort(world: World): Promise<void> {
  const [state] = await world.states();
  const chain = await world.ledger().read("production/shop");
  const body = { rollout: state?.plan.rollout, command: "abort", reason: "slow pages", by: "maria" };
  const at = new Date(world.now()).toISOString();
  const event = { kind: "command" as const, at, actor: "maria", nonce: world.nonce(), body };
  await world.ledger().append("production/shop", [event], chain.head);
}

describe("the watchdog", () => {
  it("leaves alone what was driven within two leases", async () => {
    const world = await silent(15 * 60);
    const { result } = await world.verb((ports) => watchOver("drive", ports), { name: "watchdog" });
    expect(result).toMatchObject({ exitCode: exitCodes.go, outputs: { outcome: "none-silent" } });
    expect(world.virtual.shape.share).toBe(10);
  });

  it("does not take a service that it cannot look after for one that is looked after", async () => {
    const world = await silent(25 * 60);
    const ledger: Ledger = {
      ...world.ledger(),
      read: async () => {
        throw new UserError("ledger-unavailable", "It does not answer.", exitCodes.unavailable);
      },
    };
    const job = { name: "watchdog", ports: { ledger } };
    const { result, warnings } = await world.verb((ports) => watchOver("drive", ports), job);
    expect(result).toMatchObject({
      exitCode: exitCodes.unavailable,
      outputs: { rollout: "", outcome: "unknown", "reason-code": "ledger-unavailable" },
    });
    expect(warnings).toEqual(["production/shop: It does not answer."]);
  });

  it("holds what fell silent, and pages once", async () => {
    const world = await silent(25 * 60);
    const first = await world.verb((ports) => watchOver("hold", ports), { name: "watchdog" });
    expect(first.result).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { outcome: "standing", "reason-code": "silent" },
    });
    expect(first.notices).toEqual(["page silent"]);
    expect((await world.states())[0]?.stop?.code).toBe("held");
    world.later(25 * 60);
    const second = await world.verb((ports) => watchOver("hold", ports), { name: "watchdog" });
    expect(second.notices).toEqual([]);
    expect(second.result?.outputs.outcome).toBe("none-silent");
  });

  it("drives on where it was told to", async () => {
    const world = await silent(25 * 60);
    const { result, lines } = await world.verb((ports) => watchOver("drive", ports), { name: "watchdog" });
    expect(lines[0]).toContain("fell silent: this run goes on with it");
    expect(result?.outputs.outcome).toBe("completed");
    expect(world.virtual.shape).toEqual({ stable: "v2", candidate: null, share: 0 });
  });

  it("goes back at once where somebody says so and nobody drives it, whatever it does with others", async () => {
    const world = await silent(15 * 60);
    await abort(world);
    const { result } = await world.verb((ports) => watchOver("hold", ports), { name: "watchdog" });
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", stable: "v1" });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  });

  it("leaves the way back to a run whose lease stands, for as long as that may take, and no longer", async () => {
    const world = await silent(0);
    await abort(world);
    const early = await world.verb((ports) => watchOver("drive", ports), { name: "watchdog" });
    expect(early.result?.outputs.outcome).toBe("none-silent");
    world.later(2 * 60 + 1);
    const { result } = await world.verb((ports) => watchOver("hold", ports), { name: "watchdog" });
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", stable: "v1" });
  });

  it("goes back as the App was asked to, where nothing is under way", async () => {
    const world = await silent(25 * 60);
    await world.verb((ports) => watchOver("drive", ports), { name: "watchdog" });
    await abort(world);
    const doubted = await world.verb((ports) => watchOver("hold", ports), { name: "watchdog" });
    expect(doubted.result).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { "reason-code": "back-asked" },
    });
    expect(world.virtual.shape.stable).toBe("v2");
    const job = { name: "watchdog", trusted: true };
    const { result } = await world.verb((ports) => watchOver("hold", ports), job);
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", stable: "v1" });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    const again = await world.verb((ports) => watchOver("hold", ports), job);
    expect(again.result?.outputs.outcome).toBe("none-silent");
  });
});
