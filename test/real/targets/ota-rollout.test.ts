import { createHash } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fileLedger } from "../../../adapters/ledgers/file.ts";
import { type OtaConfig, ota } from "../../../adapters/targets/ota.ts";
import type { Evidence } from "../../../core/rollout/around.ts";
import { commanded } from "../../cli/command.ts";
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
async function rollOut({ devices, config }: Fleet, candidate: string, evidence: Evidence, ledger?: string) {
  const around = {
    ...aroundShop(ledger ?? (await mkdtemp(join(folder, "ledger-"))), ota(config, { environment }), evidence),
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
});

describe("a person's word on the command line", { timeout: 300_000 }, () => {
  async function shopFloor(count: number) {
    const fleet = await fleetOf(hawkbit, sets.old, count);
    const { url, fleet: filter } = fleet.config;
    const place = await mkdtemp(join(folder, "checkout-"));
    const target = `{ kind: ota, server: hawkbit, url: "${url}", fleet: "${filter}" }`;
    const written: [string, string][] = [
      [".github/adaptive-deploy.yml", "schema-version: 1\nledger: { home: file, folder: ledger }\n"],
      [
        ".github/adaptive-deploy/services.yaml",
        `schema-version: 1\nservices:\n  - { name: shop, paths: ["**"], platforms: [arm], target: ${target} }\n`,
      ],
    ];
    await mkdir(join(place, ".github/adaptive-deploy"), { recursive: true });
    for (const [name, text] of written) await writeFile(join(place, name), text);
    const said = (verb: string, ...words: string[]) =>
      commanded([verb, ...words, "--service", "shop"], place, environment);
    return { ...fleet, said, ledger: join(place, "ledger") };
  }

  it("keeps an image from every device, whoever offers it, and lets it out again", async () => {
    const image = "good image 6.0";
    const set = await hawkbit.publish("6.0", image);
    const { config, devices, said, ledger } = await shopFloor(3);
    await assign(hawkbit, set, devices.all);
    const sha256 = createHash("sha256").update(image).digest("hex");
    const words = [sha256, "--for", "14d", "--reason", "It drains batteries."];
    const stopped = await said("quarantine", ...words);
    expect([stopped.code, stopped.note]).toEqual([0, ""]);
    expect(stopped.out).toContain("firmware:6.0 is offered to no device any more.");
    await devices.poll();
    await devices.poll();
    expect(devices.versions()).toEqual({ "1.0": 3 });
    const target = ota(config, { environment });
    expect(await target.can(fleetPlan("firmware:6.0"))).toMatchObject([
      { code: "image-refused", sentence: expect.stringContaining("It drains batteries.") },
    ]);
    // Whoever is not told by hawkBit is told by the ledger, and by the name that rollouts have for the image.
    const { events } = await fileLedger({ folder: ledger }).read("production/shop");
    expect(events.map(({ kind, body }) => [kind, body.digest])).toEqual([
      ["quarantine", sha256],
      ["quarantine", "firmware:6.0"],
    ]);
    const freed = await said("quarantine", "firmware:6.0", "--lift", "--reason", "It was the cable.");
    expect(freed.out).toContain("firmware:6.0 may be offered again.");
    expect(await target.can(fleetPlan("firmware:6.0"))).toEqual([]);
  });

  it("takes every device back, also those that no rollout of ours has touched", async () => {
    const { devices, said } = await shopFloor(10);
    const odd = await hawkbit.publish("7.0", "good image 7.0");
    await assign(hawkbit, odd, devices.all.slice(0, 3));
    await assign(hawkbit, sets.next, devices.all.slice(3, 6));
    await devices.poll();
    expect(devices.versions()).toEqual({ "7.0": 3, "2.0": 3, "1.0": 4 });
    const back = (...more: string[]) => said("rollback", "--to", images.old, "--fleet", ...more);
    const looked = await back("--dry-run");
    expect(looked.out).toContain("firmware:1.0 for 6 of 10 devices");
    expect((await said("off", "--reason", "An inventory.")).code).toBe(0);
    expect((await back()).note).toContain("ada keeps automation off");
    expect((await said("off", "--lift")).code).toBe(0);
    expect(devices.versions()).toEqual({ "7.0": 3, "2.0": 3, "1.0": 4 });
    const ran = await devices.during(() => back());
    expect([ran.code, ran.note]).toEqual([0, expect.stringContaining("Every device of the fleet gets")]);
    expect(devices.versions()).toEqual({ "1.0": 10 });
    expect((await back()).note).toContain("has everything already");
  });

  it("takes every device back from a rollout that is under way", async () => {
    const fleet = await shopFloor(10);
    const { devices, said, ledger } = fleet;
    await assign(hawkbit, await hawkbit.publish("8.0", "good image 8.0"), devices.all.slice(0, 3));
    await devices.poll();
    const last = await rollOut(
      fleet,
      images.next,
      saying((step): Verdict => (step < 2 ? "promote" : "hold")),
      ledger,
    );
    expect(last.code).toBe("standing");
    expect(devices.versions()["2.0"]).toBe(2);
    const looked = await said("rollback", "--fleet", "--dry-run");
    expect(looked.out).toMatch(/firmware:1.0 for [345] of 10 devices/);
    const ran = await devices.during(() => said("rollback", "--fleet"));
    expect(ran.code, ran.note).toBe(0);
    expect(devices.versions()).toEqual({ "1.0": 10 });
  });
});
