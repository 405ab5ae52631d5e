import type { IisArrConfig } from "../../../../adapters/targets/iis-arr/config.ts";
import { iisArr } from "../../../../core/policy/schema/targets/iis-arr.ts";
import type { Target } from "../../../../core/ports.ts";
import type { TargetEffect } from "../../../../core/rollout/effect.ts";
import type { Mark, Shape } from "../../../../core/rollout/observed.ts";
import type { PlanStep, RolloutPlan } from "../../../../core/rollout/plan.ts";
import { shapeAfter } from "../../../../core/rollout/reconcile.ts";

/** A shop in each layout, and a rollout of it. */

const folders = {
  "versions-folder": "C:\\sites\\shop",
  "state-folder": "C:\\ProgramData\\adaptive-deploy\\shop",
};
export const stable = { id: "C:\\inetpub\\shop" };
export const candidate = { id: "\\\\build\\drop\\shop-2.zip", digest: `sha256:${"a".repeat(64)}` };

const servers = (from: number, count: number) =>
  Array.from({ length: count }, (_, index) => ({
    address: `10.0.0.${from + index}`,
    host: `web${from + index}`,
  }));

export function weights(blue: number, green: number, controllers = 2, shared = false): IisArrConfig {
  return iisArr.parse({
    kind: "iis-arr",
    layout: "weights",
    ...folders,
    controllers: Array.from({ length: controllers }, (_, index) => `arr${index + 1}`),
    "shared-configuration": shared,
    ...(shared ? { "state-folder": "\\\\files\\iis\\adaptive-deploy" } : {}),
    farm: "shop",
    slots: {
      blue: { site: "shop-blue", pool: "shop-blue", servers: servers(1, blue) },
      green: { site: "shop-green", pool: "shop-green", servers: servers(101, green) },
    },
  });
}

export function swap(hosts = 2): IisArrConfig {
  return iisArr.parse({
    kind: "iis-arr",
    layout: "swap",
    ...folders,
    hosts: Array.from({ length: hosts }, (_, index) => `web${index + 1}`),
    slots: {
      blue: { site: "shop-blue", pool: "shop-blue", "warm-up": "http://localhost:8080/health" },
      green: { site: "shop-green", pool: "shop-green", "warm-up": "http://localhost:8080/health" },
    },
    "live-bindings": [{ protocol: "https", information: "*:443:shop.example.com", "ssl-flags": 1 }],
    "idle-bindings": [{ protocol: "http", information: "*:8080:" }],
  });
}

export function batches(count: number, atOnce = 1, controllers = 2): IisArrConfig {
  return iisArr.parse({
    kind: "iis-arr",
    layout: "batches",
    ...folders,
    controllers: Array.from({ length: controllers }, (_, index) => `arr${index + 1}`),
    farm: "shop",
    site: "shop",
    pool: "shop",
    servers: servers(1, count),
    "at-once": atOnce,
    "driver-signers": ["0".repeat(40)],
  });
}

const by = { weights: "weight", swap: "cut-over", batches: "batch" } as const;

export function planFor(
  { layout }: IisArrConfig,
  shares: number[],
  changes: Partial<RolloutPlan> = {},
): RolloutPlan {
  const steps = shares.map(
    (share): PlanStep => ({ share, by: by[layout], window_seconds: 60, healthy_windows: 1 }),
  );
  return {
    schema_version: 1,
    rollout: "ro_0123456789ab",
    service: "shop",
    environment: "production",
    target: "iis-arr",
    kind: layout === "swap" ? "blue-green" : layout === "weights" ? "canary" : "rolling",
    candidate,
    stable,
    steps,
    approval: "none",
    unsafe_back: [],
    bake_seconds: 0,
    back_within_seconds: 120,
    settle_seconds: 300,
    freezes: false,
    attempts: 3,
    ...changes,
  };
}

export const share = (of: number, { layout }: IisArrConfig): TargetEffect => ({
  kind: "share",
  share: of,
  by: by[layout],
});

/** Asks for effects one after the other, with the marks that a driver would write. */
export function driving(target: Target, plan: RolloutPlan) {
  let number = 0;
  return {
    async apply(effect: TargetEffect, fencing = 1): Promise<Mark> {
      const { stable, candidate, share } = await target.observe(plan);
      const from: Shape = { stable, candidate, share };
      number += 1;
      const mark: Mark = { rollout: plan.rollout, fencing, number, from, to: shapeAfter(plan, effect, from) };
      await target.apply(plan, effect, mark);
      return mark;
    },
  };
}
