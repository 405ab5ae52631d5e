import { describe, expect, test } from "vitest";
import type { Kubernetes } from "../../../../adapters/kubernetes/client.ts";
import { argoRollouts } from "../../../../adapters/targets/argo-rollouts.ts";
import { refused } from "../../../../adapters/targets/faults.ts";
import type { RolloutPlan } from "../../../../core/rollout/plan.ts";
import { planFor } from "../../../contracts/target-plan.ts";
import recorded from "./recorded.json" with { type: "json" };

/** What is refused before anything moves. The client answers as the real one did, changed where the case says so. */

type Resource = typeof recorded.stable.rollout;
type Strategy = Record<string, unknown>;

function codesFor(
  plan: RolloutPlan,
  change: (spec: Strategy, canary: Strategy) => void = () => {},
  more = {},
) {
  const rollout: Resource = structuredClone(recorded.stable.rollout);
  change(rollout.spec, rollout.spec.strategy.canary);
  return codes(plan, rollout, more);
}

async function codes(plan: RolloutPlan, rollout: unknown, more = {}, forbidden = ""): Promise<string[]> {
  const client: Kubernetes = {
    async read(path, form) {
      const answer = path.includes("/rollouts/")
        ? rollout
        : path.includes("/replicasets")
          ? { items: recorded.stable.sets }
          : { items: [] };
      return form.parse(answer);
    },
    async patch() {
      throw new Error("Nothing is changed.");
    },
    async annotate() {
      throw new Error("Nothing is changed.");
    },
    async tryPatch(path, what) {
      if (forbidden !== "" && path.endsWith(forbidden)) throw refused(`There is no right to ${what} (403).`);
    },
  };
  const target = argoRollouts({ kind: "argo-rollouts", namespace: "shop", name: "shop", ...more }, client);
  return (await target.can(plan)).map(({ code }) => code);
}

const step = (share: number) => ({ share, by: "weight" as const, window_seconds: 60, healthy_windows: 1 });
const canary = planFor("shop:1", "shop:2", { steps: [step(10), step(100)] });
const cutOver = planFor("shop:1", "shop:2", {
  kind: "blue-green",
  steps: [{ ...step(100), by: "cut-over" }],
});
const weight = (setWeight: number) => [{ setWeight }, { pause: {} }];
const withSteps = (steps: unknown[]) => (_: Strategy, strategy: Strategy) => {
  strategy.steps = steps;
};

describe("plans that a Rollout cannot carry out", () => {
  test("a canary whose shares are all in its steps is one that it can", async () => {
    expect(await codesFor(canary)).toEqual([]);
    expect(await codesFor({ ...canary, kind: "back", steps: [] })).toEqual([]);
  });

  test.each<[string, string, Parameters<typeof codesFor>]>([
    ["a share that is not in its steps", "no-such-step", [{ ...canary, steps: [step(33), step(100)] }]],
    ["no rest before the first weight", "no-such-step", [canary, withSteps([...weight(10), ...weight(100)])]],
    ["no rest at the whole", "no-such-step", [canary, withSteps([{ pause: {} }, ...weight(10)])]],
    [
      "weights that do not rise",
      "weights-not-rising",
      [canary, withSteps([{ pause: {} }, ...weight(10), ...weight(5), ...weight(100)])],
    ],
    [
      "a pause that ends",
      "steps-move-by-themselves",
      [canary, withSteps([{ pause: {} }, { setWeight: 10 }, { pause: { duration: "1h" } }, ...weight(100)])],
    ],
    [
      "no traffic routing",
      "no-traffic-routing",
      [
        canary,
        (_, strategy) => {
          delete strategy.trafficRouting;
        },
      ],
    ],
    [
      "weights of a thousand",
      "no-percent",
      [
        canary,
        (_, strategy) => {
          strategy.trafficRouting = { maxTrafficWeight: 1000, nginx: {} };
        },
      ],
    ],
    [
      "an old version that would not stay warm",
      "old-version-not-warm",
      [
        { ...canary, bake_seconds: 60 },
        (_, strategy) => {
          strategy.dynamicStableScale = true;
        },
      ],
    ],
    ["batches", "unsupported-strategy", [{ ...canary, kind: "rolling" }]],
    ["a cut-over of a canary", "unsupported-strategy", [cutOver]],
    [
      "a template in a Deployment",
      "template-elsewhere",
      [
        canary,
        (spec) => {
          spec.workloadRef = { kind: "Deployment", name: "shop" };
          delete spec.template;
        },
      ],
    ],
    ["a container that it has not", "no-such-container", [canary, undefined, { container: "sidecar" }]],
    [
      "a way back of its own under Git",
      "git-owns-it",
      [{ ...canary, kind: "back" }, undefined, { source: "git" }],
    ],
  ])("%s: %s", async (_, code, [plan, change, more]) => {
    expect(await codesFor(plan, change, more)).toEqual([code]);
  });

  test.each([
    ["cuts over when it is told", { autoPromotionEnabled: false }, 0, []],
    ["cuts over by itself", {}, 0, ["steps-move-by-themselves"]],
    [
      "cuts over after a time",
      { autoPromotionEnabled: false, autoPromotionSeconds: 60 },
      0,
      ["steps-move-by-themselves"],
    ],
    ["takes the old version away too early", { autoPromotionEnabled: false }, 60, ["old-version-not-warm"]],
    ["keeps the old version", { autoPromotionEnabled: false, scaleDownDelaySeconds: 60 }, 60, []],
  ])("a blue-green that %s", async (_, blueGreen, bake_seconds, expected) => {
    const change = (spec: Strategy) => {
      spec.strategy = { blueGreen: { activeService: "shop", ...blueGreen } };
    };
    expect(await codesFor({ ...cutOver, bake_seconds }, change)).toEqual(expected);
  });

  test("a blue-green has no half", async () => {
    const change = (spec: Strategy) => {
      spec.strategy = { blueGreen: { autoPromotionEnabled: false } };
    };
    const half = { ...cutOver, steps: [step(50), step(100)] };
    expect(await codesFor(half, change)).toEqual(["no-such-step"]);
  });

  test.each(["shop", "shop/status"])("no right to change %s", async (path) => {
    expect(await codes(canary, recorded.stable.rollout, {}, path)).toEqual(["target-refused"]);
  });
});
