import type * as z from "zod";
import type { iisArr } from "../../../core/policy/schema/targets/iis-arr.ts";

/** Which machines there are, and what each is for. */

export type IisArrConfig = z.infer<typeof iisArr>;
export type WeightsConfig = Extract<IisArrConfig, { layout: "weights" }>;
export type SwapConfig = Extract<IisArrConfig, { layout: "swap" }>;
export type BatchesConfig = Extract<IisArrConfig, { layout: "batches" }>;
export type SlotConfig = WeightsConfig | SwapConfig;
export type Server = { address: string; host?: string | undefined };

export const slotNames = ["blue", "green"] as const;
export type SlotName = (typeof slotNames)[number];
export const otherSlot = (slot: SlotName): SlotName => (slot === "blue" ? "green" : "blue");
export const hostOf = ({ address, host }: Server): string => host ?? address;

/** Machines that the sites of a slot run on. */
export function slotHosts(config: SlotConfig, slot: SlotName): string[] {
  return config.layout === "swap" ? config.hosts : unique(config.slots[slot].servers.map(hostOf));
}

/** Machines that run a site at all. */
export function siteHosts(config: IisArrConfig): string[] {
  if (config.layout === "batches") return unique(config.servers.map(hostOf));
  return unique(slotNames.flatMap((slot) => slotHosts(config, slot)));
}

/** Where the configuration is written: every controller, or one of those that share it. */
export function commitHosts({
  controllers,
  "shared-configuration": shared,
}: WeightsConfig | BatchesConfig): string[] {
  return shared ? controllers.slice(0, 1) : controllers;
}

/** Those of the machines whose state folder is their own; one machine writes for all where it is a share. */
export function markHosts(config: IisArrConfig, reached: readonly string[]): readonly string[] {
  return config["state-folder"].startsWith("\\\\") ? reached.slice(0, 1) : reached;
}

export function allHosts(config: IisArrConfig): string[] {
  return unique([...(config.layout === "swap" ? [] : config.controllers), ...siteHosts(config)]);
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names)];
}
