import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { type Kubernetes, kubernetes } from "../../../adapters/kubernetes/client.ts";
import { argoRollouts } from "../../../adapters/targets/argo-rollouts.ts";
import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { Mark } from "../../../core/rollout/observed.ts";
import { satisfied } from "../../../core/rollout/reconcile.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { accountWith } from "../kubernetes/account.ts";
import { type Plane, startPlane } from "../kubernetes/plane.ts";
import {
  layOutShop,
  type ShopTarget,
  shippedRules,
  templateImage,
  usersOf,
} from "../kubernetes/shop-target.ts";

/** What only a real cluster can show: its rights, its refusal of stale writes, its controller being away. */

const plan = planFor("shop:1", "shop:2");
const share: TargetEffect = { kind: "share", share: 10, by: "weight" };

function markOf(fencing: number, number: number, to = 10): Mark {
  const from = { stable: "shop:1", candidate: "shop:2", share: 0 };
  return { rollout: plan.rollout, fencing, number, from, to: { ...from, share: to } };
}

describe("a cluster", { timeout: 120_000 }, () => {
  let plane: Plane;
  let shop: ShopTarget;
  let count = 0;
  beforeAll(async () => {
    plane = await startPlane();
  });
  afterAll(async () => {
    await plane?.stop();
  });
  beforeEach(async () => {
    count += 1;
    shop = await layOutShop(plane, `cluster-${count}`);
  });
  const reached = (effect: TargetEffect, looks = { timeout: 60_000, interval: 50 }) =>
    vi.waitFor(
      async () => expect(satisfied(plan, effect, await shop.open().observe(plan))).toBe(true),
      looks,
    );
  const deployed = async () => {
    await shop.open().apply(plan, { kind: "deploy" }, markOf(1, 1, 0));
    await reached({ kind: "deploy" });
  };

  test("without any one right of the shipped Role, nothing is begun", async () => {
    expect(await shop.open().can(plan)).toEqual([]);
    const rules = await shippedRules();
    const fewer = rules.flatMap((rule, index) =>
      rule.verbs.map((verb) =>
        rules.map((one, at) =>
          at === index ? { ...one, verbs: one.verbs.filter((other) => other !== verb) } : one,
        ),
      ),
    );
    expect(fewer).toHaveLength(5);
    for (const [index, some] of fewer.entries()) {
      const kubeconfig = await accountWith(
        plane,
        shop.namespace,
        some.filter(({ verbs }) => verbs.length > 0),
      );
      const target = argoRollouts(shop.config, kubernetes({ KUBECONFIG: kubeconfig }));
      await vi.waitFor(
        async () =>
          expect(await target.can(plan), `without right ${index}`).toEqual([
            { code: "target-refused", sentence: expect.stringMatching(/no right to .*403/) },
          ]),
        { timeout: 30_000 },
      );
    }
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:1");
  });

  /** A run that stands still between its look and its first write to `path`, while another one writes. */
  const overtakenBefore = (path: string, other: () => Promise<void>): Kubernetes => {
    const real = kubernetes({ KUBECONFIG: shop.kubeconfig });
    let stood = false;
    return {
      ...real,
      async patch(where, operations, what) {
        if (!stood && where.endsWith(path)) {
          stood = true;
          await other();
        }
        return real.patch(where, operations, what);
      },
    };
  };

  test.each<[string, TargetEffect]>([
    ["/shop", { kind: "restore" }],
    ["/shop/status", share],
  ])("refuses a write to %s that was overtaken after its look", async (path, effect) => {
    await deployed();
    const later = markOf(2, 3, 25);
    const slow = overtakenBefore(path, () =>
      shop.open().apply(plan, { kind: "share", share: 25, by: "weight" }, later),
    );
    const late = argoRollouts(shop.config, slow).apply(plan, effect, markOf(1, 2));
    await expect(late).rejects.toMatchObject({ reasonCode: "overtaken" });
    const { mark } = await shop.open().observe(plan);
    expect(mark).toEqual(later);
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:2");
  });

  test("stops before it writes where somebody asks automation away just then", async () => {
    await deployed();
    const off = { by: "maria", reason: "an incident", until: null };
    const slow = overtakenBefore("/shop", () => shop.open().keepOff(plan, off));
    const late = argoRollouts(shop.config, slow).apply(plan, share, markOf(1, 2));
    await expect(late).rejects.toMatchObject({ reasonCode: "target-unavailable" });
    expect(await usersOf(plane.client, shop.namespace, "shop:2")).toBe(0);
    expect((await shop.open().observe(plan)).handsOff).toEqual(off);
  });

  test("believes nothing of what it asked for while the controller is away", async () => {
    await deployed();
    await plane.killRollouts();
    await shop.open().apply(plan, share, markOf(1, 2));
    const away = await shop.open().observe(plan);
    expect(away).toMatchObject({ settled: false, share: 0 });
    expect(satisfied(plan, share, away)).toBe(false);
    await plane.startRollouts();
    await reached(share);
    expect(await usersOf(plane.client, shop.namespace, "shop:2")).toBe(10);
  });

  test("says which Rollout there is none of", async () => {
    const target = argoRollouts(
      { ...shop.config, name: "stock" },
      kubernetes({ KUBECONFIG: shop.kubeconfig }),
    );
    expect(await target.can(plan)).toEqual([
      { code: "target-refused", sentence: expect.stringContaining('"stock" not found') },
    ]);
  });
});
