import { describe, expect, it, onTestFinished, test } from "vitest";
import { evidenceInputs, inputsOfPlan, policyOfPlan } from "../../../actions/rollout/evidence-inputs.ts";
import { powerOfPlan } from "../../../actions/rollout/power.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { canary, type World, worldOf } from "./evidence-world.ts";

async function powerIn(world: World) {
  const made = await worldOf(world);
  onTestFinished(() => made.close());
  return powerOfPlan(made.plan, {}, made.ports);
}

describe("the power of a plan", () => {
  it("rises from step to step, because what earlier ones showed counts, and ends before the whole", async () => {
    const { steps = [], short, motion } = await powerIn({ perSecond: 60, analysis: ", power-percent: 60" });
    const chances = steps.map(({ weight, metrics }) => [weight, metrics[0]?.chance ?? 0] as const);
    expect(chances.map(([weight]) => weight)).toEqual([10, 50]);
    expect(chances[0]?.[1]).toBeLessThan(0.5);
    expect(chances[1]?.[1]).toBeGreaterThan(0.6);
    expect({ short, goes: motion.goes }).toEqual({ short: false, goes: true });
  });

  it("is too little of thin traffic, and says what policy wants", async () => {
    const { short, motion } = await powerIn({ perSecond: 0.5 });
    expect(short).toBe(true);
    expect(motion).toMatchObject({ goes: false });
    expect(motion.sentences.join()).toContain("policy wants 80 %");
  });

  it("is too little where there is no traffic, and holds nothing up that nobody can tell", async () => {
    const found = await powerIn({ perSecond: 0 });
    expect(found).toMatchObject({ short: true, motion: { goes: true } });
  });
});

describe("a plan as a comparison", () => {
  test.each([
    ["v1.2.3", "v1.2.3"],
    ["ghcr.io/shop/api:1.2.3", "1.2.3"],
    ["localhost:5000/api:1.2.3", "1.2.3"],
    ["localhost:5000/api", "localhost:5000/api"],
    ["ghcr.io/shop/api:1.2.3@sha256:00", "1.2.3"],
    ["sha256:0a1b", "sha256:0a1b"],
  ])("%s is the version %s in the store", async (id, version) => {
    const { ports, close } = await worldOf();
    onTestFinished(close);
    const plan = planFor("v1", id, canary);
    const policy = policyOfPlan(plan, ports.resolved);
    expect(inputsOfPlan(plan, {}, policy)).toMatchObject({
      candidate: { version },
      stable: { version: "v1" },
      ...{ weight: 50, windowSeconds: 60 },
    });
  });

  it("takes the labels of both arms from the inputs, before any name of the plan", async () => {
    const { ports, close } = await worldOf();
    onTestFinished(close);
    const said: Record<string, string> = {
      "candidate-labels": "hash=abc\ninstances=a,b",
      "stable-labels": "1.4",
    };
    const given = evidenceInputs((name) => said[name] ?? "");
    const plan = planFor("v1", "v2", canary);
    expect(inputsOfPlan(plan, given, policyOfPlan(plan, ports.resolved))).toMatchObject({
      candidate: { hash: "abc", instances: ["a", "b"] },
      stable: { version: "1.4" },
    });
    expect(() => evidenceInputs((name) => (name === "stable-labels" ? "pod=x" : ""))).toThrow(
      /version, hash/,
    );
  });
});
