import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { aroundShop, driven, opened, saying, shopPlan, type Verdict } from "../kubernetes/drive-shop.ts";
import { type Plane, startPlane } from "../kubernetes/plane.ts";
import { setImage, shopPath } from "../kubernetes/shop.ts";
import {
  layOutShop,
  operatorPatch,
  type ShopTarget,
  templateImage,
  usersOf,
} from "../kubernetes/shop-target.ts";

const resource = z.looseObject({
  metadata: z.looseObject({
    managedFields: z.array(
      z.looseObject({
        manager: z.string(),
        subresource: z.string().optional(),
        fieldsV1: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
});

/** A Rollout that belongs to Git: something heals it to what Git says all the time, as Argo CD and Flux do. */

describe("a Rollout that Git owns", { timeout: 120_000 }, () => {
  let plane: Plane;
  let shop: ShopTarget;
  let folder: string;
  let git: { image: string; stop(): Promise<void> };
  let count = 0;
  beforeAll(async () => {
    plane = await startPlane();
  });
  afterAll(async () => {
    await plane?.stop();
  });
  beforeEach(async () => {
    count += 1;
    folder = await mkdtemp(join(tmpdir(), "ledger-"));
    shop = await layOutShop(plane, `git-${count}`);
    const annotations = {
      "argocd.argoproj.io/tracking-id": `shop:argoproj.io/Rollout:${shop.namespace}/shop`,
    };
    await operatorPatch(plane.client, shop.namespace, { metadata: { annotations } });
    git = selfHealing(plane, shop.namespace);
  });
  afterEach(async () => {
    await git.stop();
    await rm(folder, { recursive: true });
  });
  const users = (image: string) => usersOf(plane.client, shop.namespace, image);
  /** Which parts of the resource we ever wrote, by what the API server keeps of each writer. */
  const written = async (): Promise<string[]> => {
    const { metadata } = resource.parse((await plane.client.request("GET", shopPath(shop.namespace))).body);
    const ours = metadata.managedFields.filter(({ manager }) => manager === "adaptive-deploy");
    return ours.flatMap(({ subresource, fieldsV1 }) =>
      Object.keys(fieldsV1).map((key) => (subresource === undefined ? key : `${subresource} ${key}`)),
    );
  };

  test("waits for the image to come by Git, and goes up its steps by promotions alone", async () => {
    const seen: number[] = [];
    const run = aroundShop(
      folder,
      shop.open(),
      saying(async (): Promise<Verdict> => {
        seen.push(await users("shop:2"));
        return "promote";
      }),
    );
    const rollout = await opened(shopPlan("shop:2"), run);
    const going = driven(rollout, run);
    await sleep(1000);
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:1");
    git.image = "shop:2";
    const { last } = await going;
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "completed" });
    expect(seen).toEqual([10, 25, 50, 100]);
    for (const part of await written()) expect(["f:metadata", "status f:status"]).toContain(part);
    expect(await written()).toContain("f:metadata");
  });

  test("is aborted, proposes the revert, and is rolled back once that is merged; nothing heals it forward", async () => {
    const proposed: string[] = [];
    const gitRevert = {
      propose: async (plan: { rollout: string; stable: { id: string } | null }) => {
        proposed.push(`${plan.rollout} to ${plan.stable?.id}`);
        return { where: "https://git.example.com/shop/pull/7" };
      },
    };
    const run = aroundShop(
      folder,
      shop.open({ gitRevert }),
      saying(() => "rollback"),
    );
    const rollout = await opened(shopPlan("shop:2"), run);
    git.image = "shop:2";
    const going = driven(rollout, run);
    await vi.waitFor(() => expect(proposed.length).toBeGreaterThan(3), { timeout: 60_000 });
    for (let looks = 0; looks < 10; looks += 1) {
      expect(await users("shop:1")).toBe(100);
      await sleep(100);
    }
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:2");
    git.image = "shop:1";
    const { last, turns } = await going;
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
    expect(new Set(proposed)).toEqual(new Set([`${rollout} to shop:1`]));
    expect(turns.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringContaining("https://git.example.com/shop/pull/7 proposes it"),
    );
    expect(await users("shop:1")).toBe(100);
  });

  test("says loudly that Git has to be reverted where nothing proposes it", async () => {
    const run = aroundShop(
      folder,
      shop.open(),
      saying(() => "rollback"),
    );
    const rollout = await opened(shopPlan("shop:2"), run);
    git.image = "shop:2";
    const { last } = await driven(rollout, run, {
      until: ({ code, sentence }) => code === "target-unavailable" && sentence.includes("Merge a revert"),
    });
    expect(last.sentence).toContain("Users get shop:1 again, but Git still asks for another version");
    expect(await users("shop:1")).toBe(100);
    const { faults } = await run.target.observe(last.state.plan);
    expect(faults).toMatchObject([{ code: "git-asks-for-candidate" }]);
  });
});

/** Looks ten times a second whether the resource is what Git says, and makes it so. */
function selfHealing(plane: Plane, namespace: string) {
  let running = true;
  const state = { image: "shop:1" };
  const loop = (async () => {
    while (running) {
      if ((await templateImage(plane.client, namespace)) !== state.image)
        await setImage(plane.client, namespace, state.image);
      await sleep(100);
    }
  })();
  return {
    get image() {
      return state.image;
    },
    set image(image: string) {
      state.image = image;
    },
    stop: async () => {
      running = false;
      await loop;
    },
  };
}
