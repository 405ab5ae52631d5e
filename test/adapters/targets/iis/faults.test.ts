import { describe, expect, it } from "vitest";
import type { IisArrConfig } from "../../../../adapters/targets/iis-arr/config.ts";
import { iisArr } from "../../../../adapters/targets/iis-arr.ts";
import { type IisModel, startModel } from "./model.ts";
import { batches, candidate, driving, planFor, share, stable, swap, weights } from "./samples.ts";
import { usersGet } from "./traffic.ts";

const started = (settings = weights(2, 2)) => {
  const model = startModel(settings, stable.id);
  const target = iisArr(settings, model.ports);
  const plan = planFor(settings, [100]);
  return { settings, model, target, plan, driver: driving(target, plan) };
};
/** The same, without a machine. */
function onlyWith(settings: IisArrConfig, silent: string): IisArrConfig {
  if (settings.layout === "swap")
    return { ...settings, hosts: settings.hosts.filter((host) => host !== silent) };
  return { ...settings, controllers: settings.controllers.filter((host) => host !== silent) };
}
/** What users get of the candidate, from the machines that answer. */
function gotWithout(settings: IisArrConfig, model: IisModel, silent: string): number {
  if (silent.startsWith("web") && settings.layout !== "swap") return usersGet(settings, model.machines);
  const answering = [...model.machines].filter(([name]) => name !== silent);
  return usersGet(onlyWith(settings, silent), new Map(answering));
}
const at = "2026-11-21T13:00:00.000Z";

describe("plans that are refused before anything moves", () => {
  it.each([
    ["a part of the traffic by swapping", swap(), [50], {}, "unsupported-share"],
    ["a third decimal of a weight", weights(1, 1), [0.125], {}, "unsupported-share"],
    ["all servers at once", batches(2, 2), [100], {}, "no-server-left"],
    ["an image as a version", weights(1, 1), [10], { candidate: { id: "shop:2" } }, "unsupported-version"],
    ["weights of a farm that goes in batches", batches(3), [50], { kind: "canary" }, "unsupported-share"],
  ] as const)("%s", async (name, settings, shares, changes, code) => {
    const { model, target } = started(settings);
    const plan = planFor(settings, [...shares], changes);
    if (name.startsWith("weights")) plan.steps = plan.steps.map((step) => ({ ...step, by: "weight" }));
    expect((await target.can(plan)).map((one) => one.code)).toEqual([code]);
    expect(model.done).toBe(0);
  });

  it("controllers that do not agree", async () => {
    const { model, target, plan } = started();
    const server = model.machines.get("arr2")?.servers.get("shop")?.get("10.0.0.101");
    if (server) server.state = "active";
    expect(await target.can(plan)).toMatchObject([{ code: "target-unclear" }]);
    expect(await target.observe(plan)).toMatchObject({ share: null, settled: false });
  });
});

describe("what machines do", () => {
  it("a person's weights are seen as another share", async () => {
    const { model, target, plan, driver, settings } = started(weights(1, 1, 2));
    await driver.apply({ kind: "deploy" });
    await driver.apply(share(10, settings));
    for (const name of ["arr1", "arr2"])
      model.machines.get(name)?.configuration.farms.get("shop")?.set("10.0.0.101", 9);
    expect(await target.observe(plan)).toMatchObject({ share: 50, settled: true });
  });

  it("a version that nobody planned is called by its folder", async () => {
    const { model, target, plan } = started(swap(1));
    const site = model.machines.get("web1")?.configuration.sites.get("shop-blue");
    if (site) site.path = "D:\\by-hand";
    expect(await target.observe(plan)).toMatchObject({ stable: "D:\\by-hand", candidate: null, share: 0 });
  });

  it("a controller that forgot who was drained is a change, and sends the candidate one request in a hundred", async () => {
    const { model, target, plan, driver } = started(weights(2, 3, 1));
    await driver.apply({ kind: "deploy" });
    for (const server of model.machines.get("arr1")?.servers.get("shop")?.values() ?? [])
      server.state = "active";
    expect(await target.observe(plan)).toMatchObject({ candidate: candidate.id, share: 1, settled: true });
  });

  it("ARR's health says whether the candidate is ready", async () => {
    const { model, target, plan, driver } = started();
    await driver.apply({ kind: "deploy" });
    expect(await target.observe(plan)).toMatchObject({ ready: true });
    const server = model.machines.get("arr2")?.servers.get("shop")?.get("10.0.0.102");
    if (server) server.healthy = false;
    expect(await target.observe(plan)).toMatchObject({ ready: false });
  });

  it.each([
    [5002, 1, ["app-pool-disabled"]],
    [5127, 1, ["worker-untrusted"]],
    [5009, 2, []],
    [5009, 3, ["worker-crashed"]],
    [5010, 3, ["worker-hung"]],
  ])("event %i of the candidate's pool, %i times", async (id, times, codes) => {
    const { model, target, plan, driver } = started();
    await driver.apply({ kind: "deploy" });
    const machine = model.machines.get("web101");
    for (let index = 0; index < times; index += 1)
      machine?.events.push({ id, at, about: ["shop-green", "1234"] });
    // Another pool, and a time before the version was there.
    machine?.events.push(
      { id: 5002, at, about: ["other"] },
      { id: 5002, at: "2020-01-01T00:00:00Z", about: ["shop-green"] },
    );
    model.machines.get("web1")?.events.push({ id: 5002, at, about: ["shop-blue"] });
    expect((await target.observe(plan)).faults.map(({ code }) => code)).toEqual(codes);
  });
});

describe("what goes wrong in the middle", () => {
  it("requests that never end stop a deployment, and no way back", async () => {
    const { model, target, plan, driver, settings } = started(weights(1, 1, 1));
    await driver.apply({ kind: "deploy" });
    await driver.apply(share(50, settings));
    model.stuck = true;
    await expect(driver.apply({ kind: "promote" })).rejects.toMatchObject({ reasonCode: "target-refused" });
    expect(model.violations).toEqual([]);
    await driver.apply({ kind: "restore" });
    expect(model.machines.get("web101")?.pools.get("shop-green")?.state).toBe("stopped");
    expect(await target.observe(plan)).toMatchObject({ stable: stable.id, candidate: null, settled: false });
    model.stuck = false;
    await target.observe(plan);
    expect(await target.observe(plan)).toMatchObject({ settled: true });
  });

  it("servers that a dead runner left out of the farm come back before others leave it", async () => {
    const settings = batches(3, 2, 1);
    const { model, target, plan, driver } = started(settings);
    const servers = model.machines.get("arr1")?.servers.get("shop");
    await driver.apply({ kind: "deploy" });
    await driver.apply(share(60, settings));
    const last = servers?.get("10.0.0.3");
    if (last) Object.assign(last, { state: "inactive", requests: 0 });
    await driver.apply({ kind: "restore" });
    expect(model.violations).toEqual([]);
    expect(await target.observe(plan)).toMatchObject({ stable: stable.id, candidate: null, settled: true });
  });

  it("a driver that nobody trusted signed is refused before a server leaves the farm", async () => {
    const settings = batches(3);
    const { model, driver } = (() => {
      const model = startModel(settings, stable.id);
      const plan = planFor(settings, [100], { candidate: { id: "\\\\build\\drop\\unsigned.zip" } });
      return { model, driver: driving(iisArr(settings, model.ports), plan) };
    })();
    const before = model.picture();
    await expect(driver.apply({ kind: "deploy" })).rejects.toMatchObject({
      reasonCode: "target-refused",
      message: expect.stringContaining("(signature)"),
    });
    expect(model.picture()).toEqual(before);
  });

  it("a package that is not there is refused, and nothing looks deployed", async () => {
    const settings = weights(1, 1);
    const { target } = started(settings);
    const plan = planFor(settings, [100], { candidate: { id: "\\\\build\\drop\\missing.zip" } });
    await expect(driving(target, plan).apply({ kind: "deploy" })).rejects.toMatchObject({
      reasonCode: "target-refused",
    });
    expect(await target.observe(plan)).toMatchObject({ stable: stable.id, candidate: null, settled: false });
  });

  it.each([
    [weights(2, 2), "web101"],
    [weights(2, 2), "arr2"],
    [weights(2, 2), "web2"],
    [swap(2), "web2"],
    [batches(4), "web1"],
  ])(
    "a machine that does not answer holds the way forwards, and not the way back",
    async (settings, silent) => {
      const { model, target, plan, driver } = started(settings);
      await driver.apply({ kind: "deploy" });
      await driver.apply(share(settings.layout === "swap" ? 100 : 50, settings));
      model.unreachable.add(silent);
      await expect(target.can(plan)).rejects.toMatchObject({ reasonCode: "target-unavailable" });
      expect(await target.observe(plan)).toMatchObject({
        settled: false,
        silent: [expect.stringContaining(silent)],
      });
      await expect(driver.apply({ kind: "promote" })).rejects.toMatchObject({
        reasonCode: "target-unavailable",
        message: expect.stringContaining(silent),
      });
      // What answers is brought back, and that it is not all is said.
      await expect(driver.apply({ kind: "restore" })).rejects.toMatchObject({
        reasonCode: "target-unavailable",
        message: expect.stringMatching(new RegExp(`^The way back is not whole\\..*${silent}`)),
      });
      expect(gotWithout(settings, model, silent)).toBe(0);
      expect(await target.observe(plan)).toMatchObject({ settled: false });
      expect(model.violations).toEqual([]);
      model.unreachable.clear();
      await driver.apply({ kind: "restore" });
      expect(await target.observe(plan)).toMatchObject({ stable: stable.id, candidate: null, settled: true });
      expect(model.violations).toEqual([]);
    },
  );

  it("a controller that does not answer holds batches, whose servers it may send requests to", async () => {
    const { model, driver, settings } = started(batches(4));
    await driver.apply({ kind: "deploy" });
    await driver.apply(share(50, settings));
    const before = model.picture();
    model.unreachable.add("arr2");
    await expect(driver.apply({ kind: "restore" })).rejects.toMatchObject({
      reasonCode: "target-unavailable",
      message: expect.stringContaining("arr2"),
    });
    expect(model.picture()).toEqual(before);
  });

  it.each([weights(2, 2), swap(2), batches(4)])(
    "a machine that falls silent in the middle of a way back keeps the others from nothing",
    async (settings) => {
      let lost = 0;
      for (const silent of ["web1", "web2", "web101", "arr1", "arr2"])
        for (let after = 0; after < 12; after += 2) {
          const { model, target, plan, driver } = started(settings);
          if (!model.machines.has(silent)) continue;
          await driver.apply({ kind: "deploy" });
          await driver.apply(share(settings.layout === "swap" ? 100 : 50, settings));
          model.hangs = { host: silent, after };
          const said = await driver.apply({ kind: "restore" }).then(
            () => "whole",
            (error: Error) => error.message,
          );
          if (said !== "whole") {
            lost += 1;
            expect(said).toContain(silent);
            expect(await target.observe(plan)).toMatchObject({ settled: false });
            // Batches wait for a controller that may send requests to servers that would be stopped.
            if (settings.layout !== "batches" || silent.startsWith("web"))
              expect({ silent, after, got: gotWithout(settings, model, silent) }).toMatchObject({ got: 0 });
          }
          expect(model.violations).toEqual([]);
          model.hangs = null;
          await driver.apply({ kind: "restore" });
          expect(await target.observe(plan)).toMatchObject({
            stable: stable.id,
            candidate: null,
            settled: true,
          });
          expect(model.violations).toEqual([]);
        }
      expect(lost).toBeGreaterThan(5);
    },
  );

  it("a way back that a machine refuses stops, and names it", async () => {
    const { model, driver, settings } = started(weights(1, 1, 2));
    await driver.apply({ kind: "deploy" });
    await driver.apply(share(50, settings));
    model.machines.get("arr2")?.configuration.farms.clear();
    await expect(driver.apply({ kind: "restore" })).rejects.toMatchObject({
      reasonCode: "target-refused",
      message: expect.stringContaining("arr2"),
    });
  });

  it("all who are missing are named, and what cannot be read there", async () => {
    const { model, target, plan } = started(weights(2, 2));
    model.unreachable.add("web1");
    model.machines.get("arr2")?.kept.set("mark", "{");
    const { silent } = await target.observe(plan);
    expect(silent).toEqual(
      expect.arrayContaining([
        expect.stringContaining("web1 cannot be asked"),
        expect.stringMatching(/^arr2: what stands in .* cannot be read \(mark\)/),
      ]),
    );
    await expect(target.can(plan)).rejects.toThrow(/(web1.*arr2|arr2.*web1)/);
  });

  it("nobody answers", async () => {
    const { model, target, plan } = started();
    for (const name of model.machines.keys()) model.unreachable.add(name);
    await expect(target.observe(plan)).rejects.toMatchObject({ reasonCode: "target-unavailable" });
  });

  it("a runner whose lease was overtaken is stopped by the machines, and moves nothing", async () => {
    const { model, driver } = started();
    await driver.apply({ kind: "deploy" }, 7);
    const before = model.picture();
    await expect(driver.apply({ kind: "restore" }, 6)).rejects.toMatchObject({ reasonCode: "overtaken" });
    expect(model.picture()).toEqual(before);
  });

  it("a share of what was never deployed, and a way back to nothing, are refused", async () => {
    const { target, plan, driver, settings } = started();
    await expect(driver.apply(share(10, settings))).rejects.toMatchObject({ reasonCode: "target-refused" });
    const nowhere = driving(target, { ...plan, stable: null });
    await expect(nowhere.apply({ kind: "restore" })).rejects.toMatchObject({ reasonCode: "target-refused" });
    await expect(driver.apply({ kind: "pause" })).rejects.toMatchObject({ reasonCode: "target-refused" });
  });

  it("answers that are not understood are refused, with the machine's name", async () => {
    const { plan } = started();
    const target = iisArr(weights(1, 1), {
      run: async () => ({ schema_version: 1, ok: true, sites: "none" }),
    });
    await expect(target.observe(plan)).rejects.toMatchObject({ reasonCode: "target-refused" });
  });
});

describe("hands off", () => {
  it("stands on every controller, is seen from one, and is lifted", async () => {
    const { model, target, plan } = started();
    const off = { by: "ada", reason: "looking into it", until: "2026-11-21T14:00:00.000Z" };
    await target.keepOff(plan, off);
    expect((await target.observe(plan)).handsOff).toEqual(off);
    const first = model.machines.get("arr1");
    if (first) first.kept.delete("hands-off");
    expect((await target.observe(plan)).handsOff).toEqual(off);
    if (first) first.kept.set("hands-off", JSON.stringify({ ...off, until: null }));
    expect((await target.observe(plan)).handsOff).toEqual({ ...off, until: null });
    await target.keepOff(plan, null);
    expect((await target.observe(plan)).handsOff).toBeNull();
  });
});
