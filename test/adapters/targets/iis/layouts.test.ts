import { describe, expect, it } from "vitest";
import { iisArr } from "../../../../adapters/targets/iis-arr.ts";
import { effectsInOrder } from "../../../../core/rollout/dry-run.ts";
import type { TargetEffect } from "../../../../core/rollout/effect.ts";
import { satisfied } from "../../../../core/rollout/reconcile.ts";
import { startModel } from "./model.ts";
import { batches, candidate, driving, planFor, share, stable, swap, weights } from "./samples.ts";

const cases = [
  { name: "weights, two controllers", settings: weights(2, 3), shares: [1, 12.5, 50, 100] },
  { name: "weights, shared configuration", settings: weights(1, 1, 2, true), shares: [10, 100] },
  { name: "swap on two machines", settings: swap(2), shares: [100] },
  { name: "batches of five, two at once", settings: batches(5, 2), shares: [10, 20, 60, 100] },
] as const;

describe.each(cases)("$name", ({ settings, shares }) => {
  const start = () => {
    const model = startModel(settings, stable.id);
    const plan = planFor(settings, [...shares]);
    const target = iisArr(model.settings, model.ports);
    return { model, plan, target, driver: driving(target, plan) };
  };

  it("takes the plan, and sees the version that runs", async () => {
    const { plan, target } = start();
    expect(await target.can(plan)).toEqual([]);
    expect(await target.observe(plan)).toEqual({
      stable: stable.id,
      candidate: null,
      share: 0,
      settled: true,
      ready: settings.layout === "batches" ? null : true,
      paused: false,
      mark: null,
      handsOff: null,
      faults: [],
      silent: [],
      unfinished: false,
    });
  });

  it("tells beforehand what the machines will be told once the candidate stands", async () => {
    const { plan, target, driver } = start();
    const first = share(shares[0], settings);
    const told = async (effect: TargetEffect) => (await target.requests?.(plan, effect)) ?? [];
    for (const effect of effectsInOrder(plan))
      for (const line of await told(effect)) expect(line).toMatch(/^[\w.-]+: \{"operation":/);
    const foreseen = await told(first);
    expect(foreseen).not.toEqual([]);
    expect(await target.observe(plan)).toMatchObject({ candidate: null, mark: null });
    await driver.apply({ kind: "deploy" });
    expect(await told(first)).toEqual(foreseen);
  });

  it("reaches every step, and is promoted", async () => {
    const { model, plan, target, driver } = start();
    const effects = [
      { kind: "deploy" as const },
      ...shares.map((one) => share(one, settings)),
      { kind: "promote" as const },
    ];
    for (const effect of effects) {
      const mark = await driver.apply(effect);
      await target.observe(plan);
      const seen = await target.observe(plan);
      expect({ effect, ...seen }).toMatchObject({ effect, ...mark.to, settled: true, mark });
      expect(satisfied(plan, effect, seen)).toBe(true);
    }
    expect(model.violations).toEqual([]);
  });

  it.each([0, 1, shares.length])("is back on the stable version after step %i", async (reached) => {
    const { model, plan, target, driver } = start();
    await driver.apply({ kind: "deploy" });
    for (const one of shares.slice(0, reached)) await driver.apply(share(one, settings));
    await driver.apply({ kind: "restore" });
    expect(await target.observe(plan)).toMatchObject({
      stable: stable.id,
      candidate: null,
      share: 0,
      settled: true,
    });
    expect(model.violations).toEqual([]);
  });

  it("goes back from a promoted version whose predecessor is cold", async () => {
    const { model, plan, target, driver } = start();
    for (const effect of [{ kind: "deploy" as const }, share(100, settings), { kind: "promote" as const }])
      await driver.apply(effect);
    const back = planFor(settings, [], { kind: "back" });
    await driver.apply({ kind: "restore" });
    expect(await target.observe(back)).toMatchObject({ stable: stable.id, candidate: null, share: 0 });
    expect(model.violations).toEqual([]);
    expect(await target.observe(plan)).toMatchObject({ settled: true });
  });

  it("rolls the next version out over the one before", async () => {
    const { model, target, driver } = start();
    for (const effect of [{ kind: "deploy" as const }, share(100, settings), { kind: "promote" as const }])
      await driver.apply(effect);
    const next = planFor(settings, [...shares], {
      rollout: "ro_ba9876543210",
      stable: candidate,
      candidate: { id: "\\\\build\\drop\\shop-3.zip" },
    });
    expect(await target.observe(next)).toMatchObject({ stable: candidate.id, candidate: null, share: 0 });
    const second = driving(target, next);
    await second.apply({ kind: "deploy" });
    await second.apply(share(100, settings));
    expect(await target.observe(next)).toMatchObject({
      stable: candidate.id,
      candidate: next.candidate.id,
      share: 100,
    });
    expect(model.violations).toEqual([]);
  });
});
