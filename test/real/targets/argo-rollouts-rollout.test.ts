import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { median } from "simple-statistics";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { open } from "../../../core/rollout/open.ts";
import {
  aroundShop,
  driven,
  opened,
  saying,
  shares,
  shopPlan,
  type Verdict,
} from "../kubernetes/drive-shop.ts";
import { type Plane, startPlane } from "../kubernetes/plane.ts";
import { setImage, settled } from "../kubernetes/shop.ts";
import {
  blueGreenShop,
  layOutShop,
  operatorPatch,
  type ShopTarget,
  templateImage,
  usersOf,
} from "../kubernetes/shop-target.ts";

/** Whole rollouts by the real driver against the real controller. */

describe("a whole rollout over Argo Rollouts", { timeout: 180_000 }, () => {
  let plane: Plane;
  let shop: ShopTarget;
  let folder: string;
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
    shop = await layOutShop(plane, `whole-${count}`);
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });
  const around = (says: (step: number) => Promise<Verdict> | Verdict, holder?: string) =>
    aroundShop(folder, shop.open(), saying(says), holder);
  const users = (image: string) => usersOf(plane.client, shop.namespace, image);
  /** Its second version through every share to the end. */
  const promoted = async () => {
    const seen: number[] = [];
    const run = around(async (): Promise<Verdict> => {
      seen.push(await users("shop:2"));
      return "promote";
    });
    const { last } = await driven(await opened(shopPlan("shop:2"), run), run);
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "completed" });
    expect(seen).toEqual(shares);
    return { run, last };
  };

  test("takes a good version through 10, 25, 50 and 100 to the end", async () => {
    const { run, last } = await promoted();
    expect(await users("shop:2")).toBe(100);
    expect(await run.target.observe({ ...last.state.plan })).toMatchObject({
      stable: "shop:2",
      candidate: null,
    });
  });

  test("goes past the Rollout's steps that the plan has not, and is never above its share", async () => {
    const seen: number[] = [];
    const run = around(async (): Promise<Verdict> => {
      seen.push(await users("shop:2"));
      return "promote";
    });
    const plan = shopPlan("shop:2");
    const steps = plan.steps.filter(({ share }) => share === 10 || share === 100);
    const { last } = await driven(await opened({ ...plan, steps }, run), run);
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "completed" });
    expect(seen).toEqual([10, 100]);
  });

  test("takes a version back whose image cannot start, before anybody got it", async () => {
    const run = around(() => "promote");
    const { last } = await driven(await opened(shopPlan("shop:bad"), run), run);
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
    expect(last.state.turned?.sentence).toContain("ImagePullBackOff");
    expect(await users("shop:1")).toBe(100);
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:1");
  });

  test("is back on stable within a second of the verdict, in the middle of many runs", async () => {
    const [restored, written]: [number[], number[]] = [[], []];
    for (let count = 0; count < 12; count += 1) {
      let verdictAt = 0;
      const run = around(() => {
        verdictAt = performance.now();
        return "rollback";
      });
      const rollout = await opened(shopPlan("shop:2"), run);
      const watched = (async () => {
        while (true) {
          if (verdictAt > 0 && (await isBack())) return performance.now() - verdictAt;
          await sleep(10);
        }
      })();
      const { last } = await driven(rollout, run);
      written.push(performance.now() - verdictAt);
      expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
      restored.push(await watched);
      expect(await users("shop:1")).toBe(100);
    }
    const figures = (all: number[]) =>
      `median ${Math.round(median(all))} ms, most ${Math.round(Math.max(...all))} ms`;
    console.log(
      `From the verdict, 12 runs: stable template and weights 0: ${figures(restored)}; concluded in the ledger: ${figures(written)}`,
    );
    expect(restored).toHaveLength(12);

    async function isBack(): Promise<boolean> {
      const [image, stable] = await Promise.all([
        templateImage(plane.client, shop.namespace),
        users("shop:1"),
      ]);
      return image === "shop:1" && stable === 100;
    }
  });

  test("goes on where it was once the API server is back", async () => {
    const run = around(async (step): Promise<Verdict> => {
      if (step === 1) {
        await plane.killApiServer();
        void sleep(1500).then(() => plane.startApiServer());
      }
      return "promote";
    });
    const { last, turns } = await driven(await opened(shopPlan("shop:2"), run), run, {
      until: ({ code }) => code === "standing",
    });
    expect(last.state).toMatchObject({ stop: null, doing: { kind: "ended", outcome: "completed" } });
    expect(turns.map(({ code }) => code)).toContain("target-unavailable");
    expect(await users("shop:2")).toBe(100);
  });

  test("is resumed by another run when its own is killed in the middle of a step", async () => {
    const script = join(import.meta.dirname, "../kubernetes/runner.ts");
    const runner = spawn(process.execPath, [script, shop.kubeconfig, shop.namespace, folder], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const gone = once(runner, "exit");
    for await (const line of createInterface({ input: runner.stdout }))
      if (line === "moving weight to 25 %") runner.kill("SIGKILL");
    expect((await gone)[1]).toBe("SIGKILL");

    const seen: number[] = [];
    const run = around(async (): Promise<Verdict> => {
      seen.push(await users("shop:2"));
      return "promote";
    }, "runner-that-adopts");
    const answer = await open(shopPlan("shop:2"), run);
    if (!("adopted" in answer)) throw new Error(JSON.stringify(answer));
    expect(answer.adopted).toBe(true);
    const { last, turns } = await driven(answer.rollout, run);
    expect(turns.map(({ code }) => code)).toContain("not-ours");
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "completed" });
    expect(seen).toEqual([25, 50, 100]);
  });

  test("refuses a second one beside it, and one that it cannot carry out, and nothing moves", async () => {
    const run = around(() => "promote");
    const rollout = await opened(shopPlan("shop:2"), run);
    await driven(rollout, run, { until: ({ state }) => state.doing.kind === "watching" });
    const other = await open(shopPlan("shop:3"), run);
    expect(other).toMatchObject({ refused: [{ code: "rollout-in-progress" }] });
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:2");
    expect(await users("shop:2")).toBe(10);
  });

  test("stands still where a person changes the Rollout, and leaves it so", async () => {
    const run = around(async (step): Promise<Verdict> => {
      if (step === 1) await setImage(plane.client, shop.namespace, "shop:3");
      return "promote";
    });
    const { last } = await driven(await opened(shopPlan("shop:2"), run), run, {
      until: ({ code }) => code === "standing",
    });
    expect(last.state.stop).toMatchObject({ code: "changed-by-somebody" });
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:3");
  });

  test("goes back where a person aborts the Rollout, as if it had been said here", async () => {
    const run = around(async (step): Promise<Verdict> => {
      if (step === 1) await operatorPatch(plane.client, shop.namespace, { status: { abort: true } }, true);
      return "promote";
    });
    const { last } = await driven(await opened(shopPlan("shop:2"), run), run);
    expect(last.state.turned).toMatchObject({ code: "aborted-on-target", automatic: false });
    expect(last.state.turned?.sentence).toContain("was aborted, and not by this rollout");
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
    expect(await users("shop:1")).toBe(100);
    expect(await templateImage(plane.client, shop.namespace)).toBe("shop:1");
  });

  test("begins anew what somebody aborted before", async () => {
    await setImage(plane.client, shop.namespace, "shop:2");
    await settled(plane.client, shop.namespace, { phase: "Paused" });
    await operatorPatch(plane.client, shop.namespace, { status: { abort: true } }, true);
    await settled(plane.client, shop.namespace, { phase: "Degraded" });
    await promoted();
  });

  test("cuts over all at once, keeps the old version warm, and is back on it at once", async () => {
    const namespace = `warm-${count}`;
    const warm = await layOutShop(plane, namespace, blueGreenShop(namespace));
    const seen: number[] = [];
    const says = async (): Promise<Verdict> => {
      seen.push(await usersOf(plane.client, namespace, "shop:2", "blue-green"));
      return seen.length === 1 ? "promote" : "rollback";
    };
    const run = aroundShop(folder, warm.open(), saying(says));
    const steps = [{ share: 100, by: "cut-over" as const, window_seconds: 1, healthy_windows: 1 }];
    const plan = shopPlan("shop:2", { kind: "blue-green", steps, bake_seconds: 20 });
    const { last } = await driven(await opened(plan, run), run);
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
    expect(seen).toEqual([100, 100]);
    expect(await usersOf(plane.client, namespace, "shop:1", "blue-green")).toBe(100);
  });

  test("goes back after its end to the version before, past all steps", async () => {
    const run = around(() => "promote");
    await driven(await opened(shopPlan("shop:2"), run), run);
    const back = shopPlan("shop:2", { kind: "back", steps: [] });
    const { last } = await driven(await opened(back, run), run);
    expect(last.state.doing).toMatchObject({ kind: "ended", outcome: "rolled-back" });
    expect(await users("shop:1")).toBe(100);
  });
});
