import { randomUUID } from "node:crypto";
import { describe, expect, it, onTestFinished } from "vitest";
import { rollbackDeclaration } from "../../../actions/rollback/declaration.ts";
import { rollbackInputs } from "../../../actions/rollback/inputs.ts";
import { runRollback } from "../../../actions/rollback/run.ts";
import { watchOver } from "../../../actions/rollout/watchdog.ts";
import { retry } from "../../../adapters/ledgers/record-decision.ts";
import { exitCodes } from "../../../core/errors.ts";
import { record } from "../../../core/evidence/append.ts";
import type { NewEvent } from "../../../core/evidence/event.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { evidenceOf, inputOf, rolloutWorld, type World, type WorldOptions } from "./world.ts";

/** Who may push can write into a ledger on a branch: what they write moves no target to where nobody measured. */

async function opened(options: WorldOptions = {}): Promise<World> {
  const world = await rolloutWorld(options);
  onTestFinished(() => world.close());
  return world;
}

const go = (id: string) => ({ "decision-id": id, candidate: "v2", "wait-for-approval": "1m" });

async function forge(world: World, kind: NewEvent["kind"], body: NewEvent["body"]): Promise<void> {
  const at = new Date(world.now()).toISOString();
  await record(
    world.ledger(),
    "production/shop",
    [{ kind, at, actor: "mallory", nonce: randomUUID(), body }],
    retry,
  );
}

async function planIn(world: World): Promise<RolloutPlan> {
  const [state] = await world.states();
  if (state === undefined) throw new Error("No rollout was opened.");
  return state.plan;
}

/** A plan as an honest job would write it, but for what the forger changes; nothing is under way beside it. */
async function forgedPlan(world: World, more: Partial<RolloutPlan>): Promise<string> {
  const other = await opened();
  const id = await other.decide("v2");
  await other.rollout({ inputs: go(id), evidence: evidenceOf(() => "hold", other.now) });
  const plan = { ...(await planIn(other)), ...more };
  await forge(world, "rollout", { rollout: plan.rollout, plan });
  return plan.rollout;
}

describe("a forged plan", () => {
  it.each<[string, Partial<RolloutPlan>]>([
    ["leads back to something else", { stable: { id: "evil" } }],
    ["has the candidate's digest and another name", { candidate: { id: "evil", digest: "v2" } }],
    ["asks for no step", { steps: [{ share: 100, by: "weight", window_seconds: 1, healthy_windows: 1 }] }],
  ])("that %s is not gone on with", async (_name, more) => {
    const world = await opened();
    const id = await world.decide("v2");
    await forgedPlan(world, more);
    const { error } = await world.rollout({ inputs: go(id) });
    expect(error).toMatchObject({ reasonCode: "other-plan", exitCode: exitCodes.blocked });
    expect(world.virtual.shares).toEqual([]);
  });

  it("of the kind back is held by the watchdog, and paged", async () => {
    const world = await opened();
    await forgedPlan(world, { kind: "back", steps: [], stable: { id: "evil" } });
    world.later(25 * 60);
    for (const adopt of ["hold", "drive"] as const) {
      const { result, notices } = await world.verb((ports) => watchOver(adopt, ports), { name: "watchdog" });
      expect(result?.outputs["reason-code"]).toBe("silent");
      expect(result?.sentence).toContain("roll back with `to`");
      expect(notices).toEqual(["page silent"]);
      world.later(25 * 60);
    }
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  });

  it("tells no rollback where to go, and keeps none from where a person says", async () => {
    const world = await opened();
    await forgedPlan(world, { stable: { id: "evil" } });
    const back = (inputs: Record<string, string>) => {
      const input = inputOf(rollbackDeclaration, { service: "shop", reason: "users cannot pay", ...inputs });
      return world.verb((ports) => runRollback(rollbackInputs(input), ports), { name: "rollback" });
    };
    expect((await back({})).error).toMatchObject({ reasonCode: "other-plan" });
    expect(world.virtual.shape.stable).toBe("v1");
    const { result } = await back({ to: "v0" });
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", stable: "v0" });
    expect(world.virtual.shape).toMatchObject({ stable: "v0", candidate: null });
  });
});

describe("while a rollout is driven", () => {
  it.each([
    ["lets no step go on", false, [0, 10]],
    ["is believed between the jobs of canary-step", true, [0, 10, 50]],
  ])("a verdict that its run did not write %s", async (_name, verdictsOfOthers, expected) => {
    const world = await opened();
    const id = await world.decide("v2");
    const forged = async () => {
      const { rollout } = await planIn(world);
      const word = { verdict: "promote", reason_code: "healthy", reason: "Trust me.", at_window: 1 };
      await forge(world, "verdict", { rollout, step: 0, ...word });
    };
    const { result } = await world.rollout({
      inputs: go(id),
      evidence: evidenceOf(() => "hold", world.now),
      meanwhile: [() => undefined, () => undefined, forged],
      verdictsOfOthers,
    });
    expect(result?.outputs).toMatchObject({ outcome: "standing", "reason-code": "hold" });
    expect(world.virtual.shares).toEqual(expected);
  });

  it("an end that the target does not bear out is none", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const forged = async () => {
      const { rollout } = await planIn(world);
      const end = { outcome: "completed", candidate: "v2", automatic: true, reason_code: "healthy" };
      await forge(world, "outcome", { rollout, ...end, reason: "Trust me." });
    };
    const { error } = await world.rollout({
      inputs: go(id),
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, forged],
    });
    expect(error).toMatchObject({ reasonCode: "other-outcome", exitCode: exitCodes.blocked });
    expect(error?.message).toContain("v1 is stable, v2 has");
  });

  it("whoever may push keeps a version out, and lets none in", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const until = new Date(world.now() + 86_400_000).toISOString();
    const word = { digest: "v2", reason: "so", by: "maria" };
    const { result } = await world.rollout({
      inputs: go(id),
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, () => undefined, () => forge(world, "quarantine", { ...word, until })],
    });
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", "reason-code": "aborted" });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    await forge(world, "quarantine", word);
    world.later(3600);
    const { error } = await world.rollout({ inputs: go(await world.decide("v2")) });
    expect(error).toMatchObject({ reasonCode: "quarantined", exitCode: exitCodes.blocked });
    expect(error?.message).toContain("maria quarantined this candidate");
  });

  it("nobody lifts a pause without having said so", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const say = (command: string) => async () => {
      const { rollout } = await planIn(world);
      await forge(world, "command", { rollout, command, reason: "so", by: "maria" });
    };
    const { result } = await world.rollout({
      inputs: go(id),
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, say("pause"), say("resume")],
    });
    expect(result?.outputs.outcome).toBe("paused");
    expect(world.virtual.shape.share).toBe(10);
  });
});

describe("a decision about something else", () => {
  it("lets nothing go out where it is enforced", async () => {
    const world = await opened();
    const inputs = { ...go(await world.decide("v2")), candidate: "v3" };
    expect((await world.rollout({ inputs })).error).toMatchObject({ reasonCode: "other-candidate" });
    const later = { inputs: go(inputs["decision-id"]), ports: { commit: "f".repeat(40) } };
    expect((await world.rollout(later)).error).toMatchObject({ reasonCode: "other-commit" });
    expect(await world.states()).toEqual([]);
  });

  it("is said where it is advisory", async () => {
    const world = await opened({ mode: "advisory" });
    const inputs = { ...go(await world.decide("v2")), candidate: "v3" };
    const { result, warnings } = await world.rollout({ inputs });
    expect(result?.outputs.outcome).toBe("completed");
    expect(warnings.join("\n")).toContain("is about v2, and v3 is to go out");
  });
});
