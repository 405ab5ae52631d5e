import { afterAll, beforeAll } from "vitest";
import { type TargetBench, targetContract } from "../../contracts/target.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { type Plane, startPlane } from "../kubernetes/plane.ts";
import { setImage } from "../kubernetes/shop.ts";
import { blueGreenShop, layOutShop, usersOf } from "../kubernetes/shop-target.ts";

/** The whole contract against the real controller, with the rights of the shipped Role. */

let plane: Plane;
let count = 0;
beforeAll(async () => {
  plane = await startPlane();
});
afterAll(async () => {
  await plane?.stop();
});

targetContract("argo-rollouts, canary", async (): Promise<TargetBench> => {
  count += 1;
  const { open, client, namespace } = await layOutShop(plane, `contract-${count}`);
  const plan = planFor("shop:1", "shop:2");
  return {
    open,
    plan,
    by: "weight",
    shares: [10, 25, 50],
    unsupported: { ...plan, steps: [{ share: 33, by: "weight", window_seconds: 60, healthy_windows: 1 }] },
    usersGet: () => usersOf(client, namespace, "shop:2"),
    within: 0,
    meddle: async () => {
      await setImage(client, namespace, "shop:3");
    },
    patienceMs: 60_000,
    close: async () => {},
  };
});

targetContract("argo-rollouts, blue-green", async (): Promise<TargetBench> => {
  count += 1;
  const namespace = `contract-${count}`;
  const { open, client } = await layOutShop(plane, namespace, blueGreenShop(namespace));
  const steps = [{ share: 100, by: "cut-over" as const, window_seconds: 60, healthy_windows: 1 }];
  const plan = planFor("shop:1", "shop:2", { kind: "blue-green", steps });
  return {
    open,
    plan,
    by: "cut-over",
    shares: [],
    unsupported: { ...plan, bake_seconds: 1800 },
    usersGet: () => usersOf(client, namespace, "shop:2", "blue-green"),
    within: 0,
    meddle: async () => {
      await setImage(client, namespace, "shop:3");
    },
    patienceMs: 60_000,
    close: async () => {},
  };
});
