import { describe, expect, it, onTestFinished } from "vitest";
import { canaryStepDeclaration } from "../../../actions/canary-step/declaration.ts";
import { canaryStepInputs } from "../../../actions/canary-step/inputs.ts";
import { runCanaryStep } from "../../../actions/canary-step/run.ts";
import { exitCodes } from "../../../core/errors.ts";
import { evidenceOf, inputOf, type Job, type JobEnded, rolloutWorld, type World } from "./world.ts";

async function opened() {
  const world = await rolloutWorld();
  onTestFinished(async () => {
    expect(world.shop.github.violations()).toEqual([]);
    await world.close();
  });
  const id = await world.decide("v2");
  const step = (wanted: string, more: Job = {}): Promise<JobEnded> =>
    stepOf(
      world,
      { service: "shop", "decision-id": id, candidate: "v2", step: wanted, ...more.inputs },
      more,
    );
  return { ...world, step };
}

function stepOf(world: World, inputs: Record<string, string>, job: Job): Promise<JobEnded> {
  const input = inputOf(canaryStepDeclaration, inputs);
  return world.verb((ports) => runCanaryStep(canaryStepInputs(input), ports), {
    verdictsOfOthers: true,
    ...job,
  });
}

describe("canary-step", () => {
  it("goes one step further each time, and what it left is there for the next", async () => {
    const world = await opened();
    const first = await world.step("next");
    expect(first.result).toMatchObject({ exitCode: exitCodes.go, outputs: { outcome: "moving", step: "2" } });
    expect(world.virtual.shares).toEqual([0, 10]);
    const second = await world.step("next", { name: "second" });
    expect(second.result?.outputs).toMatchObject({ rollout: first.result?.outputs.rollout, share: "50" });
    expect(world.virtual.shares).toEqual([0, 10, 50]);
    await world.step("3");
    expect(world.virtual.shape).toMatchObject({ candidate: "v2", share: 100 });
    const last = await world.step("next");
    expect(last.result).toMatchObject({ exitCode: exitCodes.go, outputs: { outcome: "completed" } });
    expect(world.virtual.shape).toEqual({ stable: "v2", candidate: null, share: 0 });
  });

  it("gives a share that somebody else watches, and goes on at their word", async () => {
    const world = await opened();
    const unwatched: Job = { inputs: { watch: "false" }, evidence: evidenceOf(() => "hold", world.now) };
    const first = await world.step("next", unwatched);
    expect(first.result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "watching", step: "1" },
    });
    expect(world.virtual.shares).toEqual([0, 10]);
    const said: Job = { ...unwatched, inputs: { watch: "false", reason: "analyze said promote" } };
    const second = await world.step("promote", said);
    expect(second.result?.outputs).toMatchObject({ outcome: "watching", step: "2", share: "50" });
    expect((await world.events()).find(({ kind }) => kind === "verdict")?.body).toMatchObject({
      ...{ step: 0, verdict: "promote", reason_code: "promoted-by-step", reason: "analyze said promote" },
    });
  });

  it("a step that fails is taken back to the end, and fails the job", async () => {
    const world = await opened();
    const { result } = await world.step("next", { evidence: evidenceOf(() => "rollback", world.now) });
    expect(result).toMatchObject({ exitCode: exitCodes.blocked, outputs: { outcome: "rolled-back" } });
    expect(world.virtual.shape.candidate).toBeNull();
  });

  it("pauses, tells where it stands, and resumes", async () => {
    const world = await opened();
    const unwatched: Job = { inputs: { watch: "false" }, evidence: evidenceOf(() => "promote", world.now) };
    await world.step("next", unwatched);
    const paused = await world.step("pause", { inputs: { reason: "lunch" } });
    expect(paused.result).toMatchObject({ exitCode: exitCodes.go, outputs: { outcome: "paused" } });
    const before = (await world.events()).length;
    const status = await world.step("status");
    expect(status.result).toMatchObject({
      exitCode: exitCodes.go,
      outputs: { outcome: "paused", share: "10" },
    });
    expect(status.summary).toContain("lunch");
    expect((await world.events()).length).toBe(before);
    const promote = await world.step("promote");
    expect(promote.error).toMatchObject({ reasonCode: "not-watching" });
    const resumed = await world.step("resume", unwatched);
    expect(resumed.result?.outputs).toMatchObject({ outcome: "watching", step: "1" });
  });

  it.each([
    ["a word to no rollout", { step: "pause" }, "no-rollout"],
    ["a step that nobody knows", { step: "back" }, "bad-input"],
    ["a step that the plan does not have", { step: "9" }, "bad-input"],
  ])("%s is an error that says what there is", async (_name, inputs, reasonCode) => {
    const world = await opened();
    const { error } = await world.step(inputs.step);
    expect(error).toMatchObject({ reasonCode });
    expect(world.virtual.shares).toEqual([]);
    expect(await world.states()).toEqual([]);
  });
});
