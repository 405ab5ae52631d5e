import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { badImages } from "./device.ts";
import { virtualDevices } from "./devices.ts";
import { type Hawkbit, startHawkbit } from "./hawkbit.ts";
import { buildImage, type ImageSource, makeSigner, type Signer } from "./swupdate.ts";
import { type SwupdateDevice, startSwupdateDevice } from "./swupdate-device.ts";

/** A real hawkBit, two hundred virtual devices and a real one: what tests of the OTA target stand on. */

let hawkbit: Hawkbit;
const images: Record<string, number> = {};

beforeAll(async () => {
  hawkbit = await startHawkbit();
  images.old = await hawkbit.publish("1.0", "good image 1.0");
  images.next = await hawkbit.publish("2.0", "good image 2.0");
  images.refused = await hawkbit.publish("3.0", badImages.refusesToInstall);
  images.crashing = await hawkbit.publish("4.0", badImages.crashes);
});
afterAll(() => hawkbit.stop());

async function assign(image: string, devices: readonly { id: string }[]): Promise<void> {
  const targets = devices.map(({ id }) => ({ id, type: "forced" }));
  await hawkbit.ask("POST", `/distributionsets/${images[image]}/assignedTargets`, targets);
}

async function installedOn(image: string): Promise<number> {
  const answer = await hawkbit.ask("GET", `/distributionsets/${images[image]}/installedTargets?limit=1`);
  return z.object({ total: z.number() }).parse(answer).total;
}

const actions = z.object({
  content: z.array(z.object({ id: z.number(), type: z.string(), status: z.string() })),
});
const actionsOf = async (id: string) =>
  actions.parse(await hawkbit.ask("GET", `/targets/${id}/actions?sort=id:DESC`)).content;

describe("hawkBit and a fleet of two hundred", () => {
  const fleet = () => virtualDevices(hawkbit, 200);
  let devices: ReturnType<typeof fleet>;
  beforeAll(async () => {
    devices = fleet();
    await devices.poll();
  });

  it("makes every device known at its first poll, and updates them all", async () => {
    await assign("old", devices.all);
    await devices.poll();
    expect(devices.troubles).toEqual([]);
    expect(devices.versions()).toEqual({ "1.0": 200 });
    expect(await installedOn("old")).toBe(200);
  });

  it("knows which devices kept the old image because the new one did not install", async () => {
    const cohort = devices.all.slice(0, 10);
    await assign("refused", cohort);
    await devices.poll();
    expect(devices.versions()).toEqual({ "1.0": 200 });
    expect(await installedOn("refused")).toBe(0);
    expect(cohort[0]?.history).toEqual(["installed 1.0", "failed 3.0"]);
    // The failed action says "finished" here: only what is installed tells.
    expect((await actionsOf("device-001"))[0]).toMatchObject({ type: "update", status: "finished" });
  });

  it("takes a crashing image for a success, until the old one is offered again", async () => {
    const cohort = devices.all.slice(10, 20);
    await assign("crashing", cohort);
    await devices.poll();
    expect(await installedOn("crashing")).toBe(10);
    expect(devices.all.filter((device) => device.crashing)).toEqual(cohort);
    await assign("old", cohort);
    await devices.poll();
    expect(devices.all.filter((device) => device.crashing)).toEqual([]);
    expect(await installedOn("old")).toBe(200);
  });

  it("sees neither stuck nor unreachable devices end, and a cancelled action only where the device hears of it", async () => {
    const [stuck, away, fine] = ["device-021", "device-022", "device-023"];
    devices.stuck.add("device-021");
    devices.unreachable.add("device-022");
    await assign("next", devices.all.slice(20, 23));
    await devices.poll();
    await devices.poll();
    expect(devices.versions()).toEqual({ "1.0": 199, "2.0": 1 });
    expect(devices.all[20]?.history.at(-1)).toMatch(/^stuck in \d+$/);
    for (const id of [stuck, away]) {
      const [open] = await actionsOf(id ?? "");
      expect(open).toMatchObject({ type: "update", status: "pending" });
      await hawkbit.ask("DELETE", `/targets/${id}/actions/${open?.id}`);
    }
    await devices.poll();
    for (const id of [stuck, away])
      expect((await actionsOf(id ?? ""))[0]).toMatchObject({ type: "cancel", status: "pending" });
    devices.stuck.clear();
    devices.unreachable.clear();
    await devices.poll();
    for (const id of [stuck, away, fine])
      expect((await actionsOf(id ?? ""))[0]).toMatchObject({ status: "finished" });
    expect(devices.all[21]?.history.at(-1)).toMatch(/^cancelled \d+$/);
    expect(devices.versions()).toEqual({ "1.0": 199, "2.0": 1 });
    expect(devices.troubles).toEqual([]);
  });

  it("goes on after a crash of the server where it was", async () => {
    await assign("next", devices.all.slice(30, 40));
    await hawkbit.kill();
    await devices.poll();
    expect(devices.troubles).toHaveLength(200);
    expect(devices.versions()).toEqual({ "1.0": 199, "2.0": 1 });
    await hawkbit.restart();
    devices.troubles.length = 0;
    await devices.during(async () => {
      for (let tries = 0; tries < 200 && (await installedOn("next")) < 11; tries += 1) await sleep(100);
    });
    expect(devices.troubles).toEqual([]);
    expect(devices.versions()).toEqual({ "1.0": 189, "2.0": 11 });
    expect(await installedOn("next")).toBe(11);
  });
});

describe("hawkBit and a real swupdate", () => {
  let folder: string;
  let vendor: Signer;
  let device: SwupdateDevice;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "signers-"));
    vendor = makeSigner(folder, "vendor");
    device = await startSwupdateDevice(hawkbit, "real-device", vendor);
  });
  afterAll(async () => {
    await device.stop();
    await rm(folder, { recursive: true });
  });

  /** Offers an image and waits until the device is done with it; gives the version that hawkBit then believes in. */
  async function offer(name: string, more: Partial<ImageSource>): Promise<string | undefined> {
    const source = {
      version: name,
      firmware: `firmware ${name}`,
      path: device.path,
      signer: vendor,
      ...more,
    };
    images[name] ??= await hawkbit.publish(name, await buildImage(source));
    await assign(name, [device]);
    await expect
      .poll(async () => (await actionsOf(device.id))[0]?.status, { timeout: 60_000 })
      .toBe("finished");
    const installed = await hawkbit.ask("GET", `/targets/${device.id}/installedDS`);
    return z.object({ version: z.string() }).optional().parse(installed)?.version;
  }

  it("installs what is signed, restarts into it and reports it", async () => {
    expect(await offer("signed", {}), device.said()).toBe("signed");
    expect(await device.firmware()).toBe("firmware signed");
  });

  it("refuses what was changed, and what a stranger signed", async () => {
    const tamper = (place: string) => writeFile(join(place, "firmware"), "something else");
    expect(await offer("tampered", { tamper })).toBe("signed");
    expect(await offer("foreign", { signer: makeSigner(folder, "stranger") })).toBe("signed");
    expect(await device.firmware()).toBe("firmware signed");
  });

  it("falls back where the new image does not come up, and says so", async () => {
    expect(await offer("broken", { firmware: badImages.crashes })).toBe("signed");
    expect(await device.firmware()).toBe("firmware signed");
  });

  it("goes forward, and back to an image that it had before", async () => {
    expect(await offer("newer", {})).toBe("newer");
    expect(await offer("signed", {})).toBe("signed");
    expect(await device.firmware()).toBe("firmware signed");
  });
});
