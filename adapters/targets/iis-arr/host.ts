import * as z from "zod";
import { handsOff, mark } from "../../../core/rollout/observed.ts";
import { hostBinding } from "./change-set.ts";
import { allHosts, type IisArrConfig, siteHosts, slotHosts, slotNames } from "./config.ts";

/** What `apply.ps1 -Verb observe` is asked, and what it answers of one machine. */

export type Question = {
  schema_version: 1;
  state_folder: string;
  farms: string[];
  sites: string[];
  pools: string[];
  folders: string[];
  event_minutes: number;
};

const count = z.int().min(0).nullable();

const seenServer = z.strictObject({
  address: z.string(),
  weight: z.int(),
  /** As the counters of ARR say it; null: they could not be read. */
  state: z.enum(["active", "draining", "inactive"]).nullable(),
  healthy: z.boolean().nullable(),
  requests: count,
});
export type SeenServer = z.infer<typeof seenServer>;

export const hostSeen = z.strictObject({
  schema_version: z.literal(1),
  ok: z.literal(true),
  sites: z.array(z.strictObject({ name: z.string(), path: z.string(), bindings: z.array(hostBinding) })),
  pools: z.array(
    z.strictObject({
      name: z.string(),
      /** `moving`: starting or stopping. */
      state: z.enum(["started", "stopped", "moving"]).nullable(),
      requests: count,
    }),
  ),
  farms: z.array(z.strictObject({ name: z.string(), servers: z.array(seenServer) })),
  /** Those of the folders that were asked for and are there, with the time at which they were whole. */
  folders: z.array(z.strictObject({ path: z.string(), at: z.iso.datetime({ offset: true }) })),
  /** Events of Windows' process activation about the pools that were asked for. */
  events: z.array(z.strictObject({ id: z.int(), at: z.iso.datetime({ offset: true }), pool: z.string() })),
  mark: z.strictObject({ mark, state: z.enum(["applying", "done"]) }).nullable(),
  hands_off: handsOff.nullable(),
});
export type HostSeen = z.infer<typeof hostSeen>;
export type Hosts = ReadonlyMap<string, HostSeen>;

/** Each machine is asked for what it has: controllers for the farm, the others for sites and pools. */
export function questions(config: IisArrConfig, folders: readonly string[]): Map<string, Question> {
  const running = new Set(siteHosts(config));
  const controllers = new Set(config.layout === "swap" ? [] : config.controllers);
  return new Map(
    allHosts(config).map((host): [string, Question] => {
      const own = running.has(host) ? sitesOf(config, host) : [];
      return [
        host,
        {
          schema_version: 1,
          state_folder: config["state-folder"],
          farms: config.layout !== "swap" && controllers.has(host) ? [config.farm] : [],
          sites: own.map(({ site }) => site),
          pools: own.map(({ pool }) => pool),
          folders: running.has(host) ? [...folders] : [],
          event_minutes: 60,
        },
      ];
    }),
  );
}

function sitesOf(config: IisArrConfig, host: string): { site: string; pool: string }[] {
  if (config.layout === "batches") return [config];
  const own = slotNames.filter((slot) => slotHosts(config, slot).includes(host));
  return own.map((slot) => config.slots[slot]);
}
