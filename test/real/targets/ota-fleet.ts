import type { OtaConfig } from "../../../adapters/targets/ota.ts";
import { planFor } from "../../contracts/target-plan.ts";
import { type Devices, virtualDevices } from "../ota/devices.ts";
import type { Hawkbit } from "../ota/hawkbit.ts";

/** Fleets of their own on one hawkBit: each test has devices that no other touches. */

export const images = { old: "firmware:1.0", next: "firmware:2.0" };
export const environment = { ADAPTIVE_DEPLOY_OTA_TOKEN: "admin:admin" };

let fleets = 0;

export type Fleet = { devices: Devices; config: OtaConfig };

/** So many devices that all run the old image, as hawkBit knows. */
export async function fleetOf(
  hawkbit: Hawkbit,
  oldSet: number,
  count: number,
  more: Partial<OtaConfig> = {},
): Promise<Fleet> {
  fleets += 1;
  const name = `fleet${fleets}`;
  const devices = virtualDevices(hawkbit, count, undefined, name);
  await devices.poll();
  await assign(hawkbit, oldSet, devices.all);
  await devices.poll();
  const config: OtaConfig = {
    kind: "ota",
    server: "hawkbit",
    url: hawkbit.url,
    fleet: `id==${name}-*`,
    ...more,
  };
  return { devices, config };
}

export async function assign(
  hawkbit: Hawkbit,
  set: number,
  devices: readonly { id: string }[],
): Promise<void> {
  const targets = devices.map(({ id }) => ({ id, type: "forced" }));
  await hawkbit.ask("POST", `/distributionsets/${set}/assignedTargets`, targets);
}

export function percentOn({ all }: Devices, version: string): number {
  return (100 * all.filter((device) => device.version === version).length) / all.length;
}

export function fleetPlan(candidate = images.next) {
  return planFor(images.old, candidate, { kind: "cohorts", target: "ota", freezes: true });
}
