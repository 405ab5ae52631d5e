import { describe, expect, it, onTestFinished } from "vitest";
import { aroundOf } from "../../../actions/rollout/around.ts";
import { afterCancel } from "../../../actions/rollout/cancelled.ts";
import { groundOf } from "../../../actions/rollout/prepare.ts";
import { exitCodes } from "../../../core/errors.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { evidenceOf, healthy, rolloutWorld, type World, type WorldOptions } from "./world.ts";

async function opened(options: WorldOptions = {}): Promise<World> {
  const world = await rolloutWorld(options);
  onTestFinished(async () => {
    expect(world.shop.github.violations()).toEqual([]);
    await world.close();
  });
  return world;
}

const nowhere = planFor("v1", "v2");
const go = (id: string, candidate: string) => ({ "decision-id": id, candidate });

describe("a whole rollout in a job", () => {
  it("brings a good candidate step by step to everything, and says how it goes", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const evidence = evidenceOf(() => "promote", world.now);
    const kept = new Map<string, string>();
    const keep = async (name: string, text: string) => {
      kept.set(name, text);
      return name;
    };
    const { result, error, lines, summary } = await world.rollout({
      ...{ inputs: go(id, "v2"), evidence, ports: { keep } },
    });
    expect(error).toBeUndefined();
    expect(kept.get("timeline.svg")).toContain("shop in production: promoted");
    expect(result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "completed", "reason-code": "healthy", stable: "v2" },
    });
    expect(world.virtual.shares).toEqual([0, 10, 50, 100, 0]);
    expect(world.virtual.shape).toEqual({ stable: "v2", candidate: null, share: 0 });
    const [state] = await world.states();
    expect(state?.plan).toMatchObject({ decision_id: id, commit: world.subject.head, stable: { id: "v1" } });
    expect(result?.outputs.rollout).toBe(state?.plan.rollout);
    expect(lines[0]).toContain("canary of shop in production, v1 → v2");
    expect(lines.some((line) => line.includes("step 2/3, 50 % of traffic"))).toBe(true);
    expect(lines.some((line) => line.includes("if all stays healthy"))).toBe(true);
    expect(new Set(lines).size).toBe(lines.length);
    expect(summary).toContain("v2");
  });

  it("takes a bad one back at its first step, which fails the job and tells people", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const evidence = evidenceOf(() => "rollback", world.now);
    const { result, notices, summary } = await world.rollout({ inputs: go(id, "v2"), evidence });
    expect(result).toMatchObject({
      exitCode: exitCodes.blocked,
      outputs: { outcome: "rolled-back", "reason-code": "rollback", stable: "v1" },
    });
    expect(Math.max(...world.virtual.shares.map((share) => share ?? 0))).toBe(10);
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
    expect(notices).toEqual(["incident rollback"]);
    expect(summary).toContain("errors");

    const again = await world.rollout({ inputs: go(id, "v2"), evidence: healthy });
    expect(again.error).toMatchObject({ reasonCode: "quarantined", exitCode: exitCodes.blocked });
  });

  it("leaves one that stands, once nobody came within the time", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const evidence = evidenceOf(() => "hold", world.now);
    const { result, notices } = await world.rollout({
      inputs: { ...go(id, "v2"), "wait-for-approval": "5m" },
      evidence,
    });
    expect(result).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { outcome: "standing", "reason-code": "hold" },
    });
    expect(result?.sentence).toContain("retry");
    expect(notices).toEqual(["page hold"]);
    expect(world.virtual.shape.share).toBe(10);
    // Nobody holds the lease any more: another run goes on at once.
    expect((await world.events()).findLast(({ kind }) => kind === "lease")?.body).toMatchObject({
      action: "release",
    });
  });
});

describe("a job that is told to stop", () => {
  it("holds: the next run of the same candidate goes on where it was", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const stopping = new AbortController();
    const first = await world.rollout({
      inputs: go(id, "v2"),
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, () => stopping.abort()],
      stop: stopping.signal,
    });
    expect(first.result?.exitCode).toBe(exitCodes.needsApproval);
    expect(first.result?.sentence).toContain("Run this job again");
    expect(world.virtual.shape.share).toBe(10);
    const second = await world.rollout({ name: "second", inputs: go(id, "v2"), evidence: healthy });
    expect(second.lines[0]).toMatch(/^Going on with ro_/);
    expect(second.result?.outputs).toMatchObject({
      outcome: "completed",
      rollout: first.result?.outputs.rollout,
    });
    expect(world.virtual.shares).toEqual([0, 10, 50, 100, 0]);
  });

  it("rolls back where it was asked to, before the process ends", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const stopping = new AbortController();
    const { result } = await world.rollout({
      inputs: { ...go(id, "v2"), "on-cancel": "rollback" },
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, () => stopping.abort()],
      stop: stopping.signal,
    });
    expect(result?.outputs).toMatchObject({ outcome: "rolled-back", "reason-code": "aborted" });
    expect(world.virtual.shape).toEqual({ stable: "v1", candidate: null, share: 0 });
  });
});

describe("a job that is told to stop where going back would do harm", () => {
  it("stands and says why, and its post's second look is no second word", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const stopping = new AbortController();
    const inputs = { ...go(id, "v2"), "on-cancel": "rollback", "unsafe-back": "The schema was migrated." };
    const { result, notices } = await world.rollout({
      inputs,
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, () => stopping.abort()],
      stop: stopping.signal,
    });
    expect(result).toMatchObject({
      exitCode: exitCodes.needsApproval,
      outputs: { outcome: "standing", "reason-code": "unsafe-back" },
    });
    expect(notices).toContain("page unsafe-back");
    const looked = await world.verb(async (ports) => {
      const around = aroundOf(groundOf({ service: "shop" }, ports), ports);
      await afterCancel(result?.outputs.rollout ?? "", around, "rollback", ports);
      return { outputs: {}, exitCode: exitCodes.go, sentence: "", goOn: "" };
    });
    expect(looked.error).toBeUndefined();
    expect(world.virtual.shape).toMatchObject({ candidate: "v2", share: 10 });
  });
});

describe("nothing moves", () => {
  const cases: [string, string, Record<string, string>][] = [
    ["of a service that nobody knows", "unknown-service", { service: "shpo" }],
    ["of a service without a target", "no-target", { service: "nowhere" }],
    ["to a target of another kind", "other-target", { target: "ota" }],
    ["of a decision that nobody knows", "decision-not-found", { "decision-id": "0123456789abcdef" }],
    ["without a decision", "no-decision", { "decision-id": "" }],
    ["to another environment than was decided", "decision-not-found", { environment: "staging" }],
  ];
  it.each(cases)("%s", async (_name, reasonCode, inputs) => {
    const world = await opened();
    const id = await world.decide("v2");
    const { error } = await world.rollout({ inputs: { ...go(id, "v2"), ...inputs } });
    expect(error).toMatchObject({ reasonCode });
    expect(world.virtual.shares).toEqual([]);
    expect(await world.states()).toEqual([]);
  });

  it("where the target has nothing to go back to", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    world.virtual.shape = { stable: null, candidate: null, share: 0 };
    const { error } = await world.rollout({ inputs: go(id, "v2") });
    expect(error).toMatchObject({ reasonCode: "no-known-good" });
  });

  it("where somebody keeps automation off the target", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const { target } = world.virtual;
    const off = { by: "maria", reason: "an incident", until: null };
    await target.keepOff(nowhere, off);
    const { error } = await world.rollout({ inputs: go(id, "v2") });
    expect(error).toMatchObject({ reasonCode: "hands-off" });
    expect(error?.message).toContain("maria");
  });

  it("where another candidate is on its way", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    const stopping = new AbortController();
    await world.rollout({
      inputs: go(id, "v2"),
      evidence: evidenceOf(() => "promote", world.now),
      meanwhile: [() => undefined, () => stopping.abort()],
      stop: stopping.signal,
    });
    const second = await world.rollout({ inputs: go(await world.decide("v3"), "v3") });
    expect(second.error).toMatchObject({ reasonCode: "rollout-in-progress", exitCode: exitCodes.blocked });
    expect(world.virtual.shape.candidate).toBe("v2");
  });

  it("without a ledger, which the error says how to have", async () => {
    const world = await opened({ ledger: "{ home: none }" });
    const { error } = await world.rollout({ inputs: go("0123456789abcdef", "v2") });
    expect(error).toMatchObject({ reasonCode: "ledger-not-configured" });
    expect(error?.message).toContain("home: git-branch");
  });

  it("and the job is green where the candidate is stable already", async () => {
    const world = await opened();
    const id = await world.decide("v2");
    world.virtual.shape = { stable: "v2", candidate: null, share: 0 };
    const { result } = await world.rollout({ inputs: { ...go(id, "v2"), stable: "v1" } });
    expect(result).toMatchObject({ exitCode: exitCodes.go, outputs: { "reason-code": "already-there" } });
    expect(world.virtual.shares).toEqual([]);
  });
});
