import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import { githubRevert } from "../../../adapters/github/git-revert.ts";
import { shop as repository, rolloutWorld } from "../../adapters/github/rollout-world.ts";
import { commitFiles, git as gitOf } from "../../emulated/small-repository.ts";
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
    const world = await rolloutWorld({ contents: "write", pull_requests: "write" });
    try {
      const { folder: clone } = world.github.repository(repository).git;
      const path = "deploy/shop.yaml";
      for (const image of ["shop:1", "shop:2"])
        commitFiles(clone, image, { [path]: `kind: Rollout\nspec:\n  image: ${image}\n` });
      const gitRevert = githubRevert({
        ...{ client: world.client, repository, file: { path } },
        ...{ told: async () => undefined, now: () => new Date().toISOString() },
      });
      const run = aroundShop(
        folder,
        shop.open({ gitRevert }),
        saying(() => "rollback"),
      );
      const rollout = await opened(shopPlan("shop:2"), run);
      git.image = "shop:2";
      const going = driven(rollout, run);
      const pulls = () => [...world.github.repository(repository).pulls.values()];
      await vi.waitFor(() => expect(pulls()).toHaveLength(1), { timeout: 60_000 });
      for (let looks = 0; looks < 10; looks += 1) {
        expect(await users("shop:1")).toBe(100);
        await sleep(100);
      }
      expect(await templateImage(plane.client, shop.namespace)).toBe("shop:2");
      const route = "PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge";
      await world.client.request(route, { owner: "acme", repo: "shop", pull_number: pulls()[0]?.number });
      git.image = /image: (\S+)/.exec(gitOf(clone, "show", `main:${path}`))?.[1] ?? "";
      const { last, turns } = await going;
      expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
      expect(turns.map(({ sentence }) => sentence)).toContainEqual(
        expect.stringMatching(/pull\/\d+ proposes it/),
      );
      expect(pulls()).toHaveLength(1);
      expect(await users("shop:1")).toBe(100);
      expect(world.github.violations()).toEqual([]);
    } finally {
      await world.close();
    }
  });

  test("goes back where a person aborts it, and says which file nobody named", async () => {
    const says = async (step: number): Promise<Verdict> => {
      if (step === 1) await operatorPatch(plane.client, shop.namespace, { status: { abort: true } }, true);
      return "promote";
    };
    const run = aroundShop(folder, shop.open(), saying(says));
    const rollout = await opened(shopPlan("shop:2"), run);
    git.image = "shop:2";
    const said: string[] = [];
    const going = driven(rollout, run, { progress: ({ sentence }) => said.push(sentence) });
    const hold = expect.stringMatching(/Users get shop:1 again, but Git .*git: \{ path/);
    await vi.waitFor(() => expect(said).toContainEqual(hold), { timeout: 60_000 });
    git.image = "shop:1";
    const { last } = await going;
    expect(last.state.turned).toMatchObject({ code: "aborted-on-target", automatic: false });
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
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
