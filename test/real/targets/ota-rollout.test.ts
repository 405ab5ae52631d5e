import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { quarantineImage } from "../../../adapters/targets/ota/quarantine.ts";
import { type OtaConfig, ota } from "../../../adapters/targets/ota.ts";
import type { Evidence } from "../../../core/rollout/around.ts";
import { aroundShop, driven, opened, saying, type Verdict } from "../kubernetes/drive-shop.ts";
import { badImages } from "../ota/device.ts";
import { type Hawkbit, startHawkbit } from "../ota/hawkbit.ts";
import { buildImage, type ImageSource, install, makeSigner } from "../ota/swupdate.ts";
import { assign, environment, type Fleet, fleetOf, fleetPlan, images } from "./ota-fleet.ts";

/** Whole rollouts over fleets of a real hawkBit, driven as a run drives them. */

let hawkbit: Hawkbit;
let folder: string;
const sets = { old: 0, next: 0 };
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ota-rollout-"));
  hawkbit = await startHawkbit();
  sets.old = await hawkbit.publish("1.0", "good image 1.0");
  sets.next = await hawkbit.publish("2.0", "good image 2.0");
  await hawkbit.publish("3.0", badImages.refusesToInstall);
  await hawkbit.publish("4.0", badImages.crashes);
});
afterAll(async () => {
  await hawkbit.stop();
  await rm(folder, { recursive: true });
});

const shares = [1, 5, 20, 100];

/** Opens a rollout of the candidate and drives it to its end, while the devices ask as they do. */
async function rollOut({ devices, config }: Fleet, candidate: string, evidence: Evidence) {
  const ledger = await mkdtemp(join(folder, "ledger-"));
  const around = {
    ...aroundShop(ledger, ota(config, { environment }), evidence),
    leaseSeconds: 60,
    pollSeconds: 0.5,
  };
  const steps = shares.map((share) => ({
    share,
    by: "cohort" as const,
    window_seconds: 1,
    healthy_windows: 1,
  }));
  const { rollout: _, ...plan } = { ...fleetPlan(candidate), steps, settle_seconds: 120 };
  return devices.during(async () => {
    const { last } = await driven(await opened(plan, around), around, {
      until: ({ code }) => code === "standing",
    });
    return last;
  });
}

const touched = ({ devices }: Fleet) => devices.all.filter(({ history }) => history.length > 1);

describe("a rollout over a fleet", { timeout: 600_000 }, () => {
  it("goes through 1, 5, 20 and 100 %, and waits for the evidence of each", async () => {
    const pinned = ["fleet1-200", "fleet1-007"];
    const fleet = await fleetOf(hawkbit, sets.old, 200, { "test-devices": pinned });
    const seen: (number | undefined)[] = [];
    const last = await rollOut(
      fleet,
      images.next,
      saying((step) => {
        if (step === 0)
          expect(
            touched(fleet)
              .map(({ id }) => id)
              .sort(),
          ).toEqual([...pinned].sort());
        seen.push(fleet.devices.versions()["2.0"]);
        return "promote";
      }),
    );
    expect(last.sentence).toBe("completed");
    expect(seen).toEqual([2, 10, 40, 200]);
    expect(fleet.devices.versions()).toEqual({ "2.0": 200 });
    expect(fleet.devices.troubles).toEqual([]);
  });

  it("ends in the first cohort where the image does not install, and tells them all to have the old one", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 200);
    const never = saying(() => {
      throw new Error("No evidence is needed where the devices themselves fail.");
    });
    const last = await rollOut(fleet, "firmware:3.0", never);
    // They run the old image all along; that they are offered it again is heard when they ask next.
    await fleet.devices.poll();
    expect(last.sentence).toBe("rolled-back");
    expect(last.state.turned).toMatchObject({ code: "devices-failed", automatic: true });
    expect(fleet.devices.versions()).toEqual({ "1.0": 200 });
    // As soon as one of the two has failed, the other is not waited for.
    const histories = touched(fleet).map(({ history }) => history);
    expect(histories.length).toBeLessThanOrEqual(2);
    expect(histories).toContainEqual(["installed 1.0", "failed 3.0", "installed 1.0"]);
    for (const history of histories) expect(history.at(-1)).toBe("installed 1.0");
  });

  it("takes every touched device back where the evidence says so", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 40);
    const last = await rollOut(
      fleet,
      "firmware:4.0",
      saying((step) => (step < 2 ? "promote" : "rollback")),
    );
    expect(last.sentence).toBe("rolled-back");
    expect(fleet.devices.versions()).toEqual({ "1.0": 40 });
    expect(fleet.devices.all.filter(({ crashing }) => crashing)).toEqual([]);
    expect(touched(fleet)).toHaveLength(8);
  });

  it("goes on after a crash of the server", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 40);
    const last = await rollOut(
      fleet,
      images.next,
      saying(async (step): Promise<Verdict> => {
        if (step !== 1) return "promote";
        await hawkbit.kill();
        await hawkbit.restart();
        return "promote";
      }),
    );
    expect(last.sentence).toBe("completed");
    expect(fleet.devices.versions()).toEqual({ "2.0": 40 });
  });
});

describe("devices that come to no end", { timeout: 600_000 }, () => {
  const patient: Partial<OtaConfig> = { "stuck-after": "20s" };

  it("are a fault where they are many, and the others go back", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 40, patient);
    const [stuck, away, fine] = fleet.devices.all.map(({ id }) => id);
    fleet.config["test-devices"] = [stuck, away, fine].flatMap((id) => id ?? []);
    fleet.devices.stuck.add(stuck ?? "");
    fleet.devices.unreachable.add(away ?? "");
    const last = await rollOut(
      fleet,
      images.next,
      saying(() => "promote"),
    );
    expect(last.sentence).toBe("rolled-back");
    expect(last.state.turned).toMatchObject({ code: "devices-stuck", automatic: true });
    expect(fleet.devices.versions()).toEqual({ "1.0": 40 });
    fleet.devices.stuck.clear();
    fleet.devices.unreachable.clear();
    for (let round = 0; round < 3; round += 1) await fleet.devices.poll();
    // Whoever comes back later hears of the old image alone.
    expect(fleet.devices.versions()).toEqual({ "1.0": 40 });
    expect(fleet.devices.all.slice(0, 2).flatMap(({ history }) => history)).not.toContain("installed 2.0");
  });

  it("are left behind where they are few, and follow when they come back", async () => {
    const fleet = await fleetOf(hawkbit, sets.old, 40, { ...patient, "stuck-percent": 50 });
    const [away, fine] = fleet.devices.all;
    fleet.config["test-devices"] = [away?.id ?? "", fine?.id ?? ""];
    fleet.devices.unreachable.add(away?.id ?? "");
    const last = await rollOut(
      fleet,
      images.next,
      saying(() => "promote"),
    );
    expect(last.sentence).toBe("completed");
    expect(fleet.devices.versions()).toEqual({ "1.0": 1, "2.0": 39 });
    fleet.devices.unreachable.clear();
    await fleet.devices.poll();
    expect(fleet.devices.versions()).toEqual({ "2.0": 40 });
  });
});

describe("images", () => {
  const cases: [string, string, (source: ImageSource) => ImageSource, boolean][] = [
    ["5.1", "what the vendor signed", (source) => source, true],
    [
      "5.2",
      "firmware that was changed after signing",
      (source) => ({
        ...source,
        tamper: (place) => writeFile(join(place, "firmware"), "something else"),
      }),
      false,
    ],
    [
      "5.3",
      "what somebody else signed",
      (source) => ({ ...source, signer: makeSigner(folder, "stranger") }),
      false,
    ],
    ["5.4", "what nobody signed", ({ signer: _, ...source }) => source, false],
  ];

  it.each(cases)("%s: %s is judged as a real swupdate judges it", async (version, _, change, good) => {
    const vendor = makeSigner(folder, "vendor");
    const path = join(folder, `installed-${version}`);
    await writeFile(path, "before");
    const source = { version, firmware: `firmware ${version}`, path, signer: vendor };
    const image = await buildImage(change(source));
    expect((await install(image, vendor)).installed).toBe(good);
    await hawkbit.publish(version, image);
    const { config } = await fleetOf(hawkbit, sets.old, 2, { "signed-by": vendor.certificate });
    const device = ota(config, { environment });
    const plan = fleetPlan(`firmware:${version}`);
    const codes = (await device.can(plan)).map(({ code }) => code);
    expect(codes).toEqual(good ? [] : ["image-refused"]);
    const empty = { stable: null, candidate: null, share: null };
    const mark = { rollout: plan.rollout, fencing: 1, number: 1, from: empty, to: empty };
    const deployed = device.apply(plan, { kind: "deploy" }, mark);
    if (good) return deployed;
    await expect(deployed).rejects.toMatchObject({ reasonCode: "target-refused" });
    expect((await device.observe(plan)).mark?.rollout).toBeUndefined();
  });

  it("are offered to nobody any more once they are quarantined", async () => {
    const set = await hawkbit.publish("6.0", "good image 6.0");
    const { config, devices } = await fleetOf(hawkbit, sets.old, 3);
    await assign(hawkbit, set, devices.all);
    const stopped = await quarantineImage(config, { environment }, "firmware:6.0", "It drains batteries.");
    expect(stopped).toEqual(["firmware:6.0"]);
    await devices.poll();
    await devices.poll();
    expect(devices.versions()).toEqual({ "1.0": 3 });
    const refusals = await ota(config, { environment }).can(fleetPlan("firmware:6.0"));
    expect(refusals).toMatchObject([
      { code: "image-refused", sentence: expect.stringContaining("quarantined") },
    ]);
  });
});

describe("the way back of a whole fleet", () => {
  it("reaches devices that no rollout of ours has touched", async () => {
    const { config, devices } = await fleetOf(hawkbit, sets.old, 10);
    const odd = await hawkbit.publish("7.0", "good image 7.0");
    await assign(hawkbit, odd, devices.all.slice(0, 3));
    await assign(hawkbit, sets.next, devices.all.slice(3, 6));
    await devices.poll();
    expect(devices.versions()).toEqual({ "7.0": 3, "2.0": 3, "1.0": 4 });
    const plan = { ...fleetPlan(), kind: "back" as const, steps: [] };
    const empty = { stable: images.old, candidate: null, share: 0 };
    const mark = { rollout: plan.rollout, fencing: 1, number: 1, from: empty, to: empty };
    await ota(config, { environment }).apply(plan, { kind: "restore" }, mark);
    await devices.poll();
    expect(devices.versions()).toEqual({ "7.0": 3, "1.0": 7 });
    const later = { ...mark, number: 2 };
    await ota(config, { environment, wholeFleet: true }).apply(plan, { kind: "restore" }, later);
    await devices.poll();
    expect(devices.versions()).toEqual({ "1.0": 10 });
  });
});
