import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ota } from "../../../adapters/targets/ota.ts";
import type { TargetEffect } from "../../../core/rollout/effect.ts";
import { markFor, satisfied } from "../../../core/rollout/reconcile.ts";
import { type TargetBench, targetContract } from "../../contracts/target.ts";
import { type Hawkbit, startHawkbit } from "../ota/hawkbit.ts";
import { failingProxy } from "./failing-proxy.ts";
import { assign, environment, type Fleet, fleetOf, fleetPlan, percentOn } from "./ota-fleet.ts";

/** The whole contract against a real hawkBit, counted by what the devices run. */
let hawkbit: Hawkbit;
const sets = { old: 0, next: 0, somebodys: 0 };
beforeAll(async () => {
  hawkbit = await startHawkbit();
  sets.old = await hawkbit.publish("1.0", "good image 1.0");
  sets.next = await hawkbit.publish("2.0", "good image 2.0");
  sets.somebodys = await hawkbit.publish("9.0", "good image 9.0");
});
afterAll(() => hawkbit.stop());

targetContract(
  "ota through hawkBit",
  async (): Promise<TargetBench> => {
    const { devices, config } = await fleetOf(hawkbit, sets.old, 40);
    const ended = Promise.withResolvers<void>();
    const polling = devices.during(() => ended.promise);
    return {
      open: () => ota(config, { environment }),
      plan: fleetPlan(),
      by: "cohort",
      shares: [5, 25],
      unsupported: { ...fleetPlan(), kind: "canary" },
      usersGet: async () => percentOn(devices, "2.0"),
      within: 0,
      meddle: () => assign(hawkbit, sets.somebodys, devices.all.slice(0, 1)),
      patienceMs: 60_000,
      close: async () => {
        ended.resolve();
        await polling;
      },
    };
  },
  300_000,
);

describe("ota through hawkBit", { timeout: 300_000 }, () => {
  const plan = fleetPlan();
  const share: TargetEffect = { kind: "share", share: 50, by: "cohort" };

  /** One write, by the address that is given. */
  async function apply({ config }: Fleet, effect: TargetEffect, number: number, url = config.url) {
    const observed = await ota(config, { environment }).observe(plan);
    const mark = markFor(plan, effect, 1, number, observed);
    await ota({ ...config, url }, { environment }).apply(plan, effect, mark);
  }

  async function reached({ config, devices }: Fleet, effect: TargetEffect): Promise<void> {
    const target = ota(config, { environment });
    for (let round = 0; round < 40; round += 1) {
      if (satisfied(plan, effect, await target.observe(plan))) return;
      await devices.poll();
      await sleep(250);
    }
    throw new Error(`Not reached: ${JSON.stringify(await target.observe(plan))}`);
  }

  it("pauses what runs on the server, and goes on with it", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 4);
    await apply(fleet, { kind: "deploy" }, 1);
    await apply(fleet, share, 2);
    const target = ota(fleet.config, { environment });
    // hawkBit has not told the devices yet, or they have not asked: nobody has changed anything.
    expect(await target.observe(plan)).toMatchObject({
      settled: false,
      share: 50,
      candidate: plan.candidate.id,
    });
    await apply(fleet, { kind: "pause" }, 3);
    expect(await target.observe(plan)).toMatchObject({ paused: true, settled: false, share: 50 });
    await apply(fleet, { kind: "resume" }, 4);
    expect(await target.observe(plan)).toMatchObject({ paused: false });
    await reached(fleet, share);
    expect(percentOn(fleet.devices, "2.0")).toBe(50);
  });

  it("finishes what a runner left that died at any request, with every device offered it once", async () => {
    for (let changes = 0; ; changes += 1) {
      const fleet = await fleetOf(hawkbit, sets.old, 4);
      await apply(fleet, { kind: "deploy" }, 1);
      const proxy = await failingProxy(hawkbit.url, changes);
      const died = await apply(fleet, share, 2, proxy.url).then(
        () => false,
        () => true,
      );
      await proxy.close();
      await apply(fleet, share, 2);
      await reached(fleet, share);
      const updates = fleet.devices.all.map(({ history }) =>
        history.filter((told) => told !== "installed 1.0"),
      );
      expect(updates.flat(), `died after ${changes}`).toEqual(["installed 2.0", "installed 2.0"]);
      if (!died) return expect(changes).toBeGreaterThan(4);
    }
  });

  it("goes back whole, whatever request of the way back a runner died at", async () => {
    for (let changes = 0; ; changes += 1) {
      const fleet = await fleetOf(hawkbit, sets.old, 4);
      await apply(fleet, { kind: "deploy" }, 1);
      await apply(fleet, share, 2);
      await reached(fleet, share);
      const proxy = await failingProxy(hawkbit.url, changes);
      const died = await apply(fleet, { kind: "restore" }, 3, proxy.url).then(
        () => false,
        () => true,
      );
      await proxy.close();
      await apply(fleet, { kind: "restore" }, 3);
      await reached(fleet, { kind: "restore" });
      expect(fleet.devices.versions(), `died after ${changes}`).toEqual({ "1.0": 4 });
      if (!died) return expect(changes).toBeGreaterThan(2);
    }
  });

  it("takes back by one rollout of the server's what is too much for one request, and a second runner ends it", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 120);
    const { all, unreachable } = fleet.devices;
    // hawkBit writes down a moment later, and with the time of writing, when devices asked last.
    await sleep(5000);
    await apply(fleet, { kind: "deploy" }, 1);
    await apply(fleet, { kind: "share", share: 100, by: "cohort" }, 2);
    for (const { id } of all.slice(60)) unreachable.add(id);
    for (let round = 0; round < 40 && fleet.devices.versions()["2.0"] !== 60; round += 1) {
      await sleep(250);
      await fleet.devices.poll();
    }
    expect(fleet.devices.versions()).toEqual({ "1.0": 60, "2.0": 60 });
    // The note, the end of the offer, the tag and its devices; then the answer about the rollout is lost.
    const proxy = await failingProxy(hawkbit.url, 4);
    await expect(apply(fleet, { kind: "restore" }, 3, proxy.url)).rejects.toThrow();
    await proxy.close();
    await apply(fleet, { kind: "restore" }, 3);
    await reached(fleet, { kind: "restore" });
    expect(fleet.devices.versions()).toEqual({ "1.0": 120 });
    // Whoever was silent hears that the offer is over, and then of the old image alone.
    unreachable.clear();
    for (let round = 0; round < 2; round += 1) await fleet.devices.poll();
    for (const { history } of all.slice(60)) expect(history).not.toContain("installed 2.0");
    expect(all.slice(60).map(({ history }) => history.at(-1))).toEqual(new Array(60).fill("installed 1.0"));
  });
});
