import * as z from "zod";
import { hostBinding } from "./change-set.ts";
import { allHosts, type IisArrConfig, siteHosts, slotHosts, slotNames } from "./config.ts";
import { eventIds } from "./faults.ts";
import { handsOffText, markText } from "./kept.ts";

/** What `apply.ps1 -Verb observe` is asked, and what it answers of one machine. */

export type Question = {
  schema_version: 1;
  state_folder: string;
  farms: string[];
  sites: string[];
  pools: string[];
  folders: string[];
  event_ids: number[];
  event_minutes: number;
};

const counters = z.strictObject({
  state: z.string().nullable(),
  healthy: z.boolean(),
  requests: z.int().min(0),
});
const serverStates: Record<string, "active" | "draining" | "inactive"> = {
  Active: "active",
  Draining: "draining",
  Inactive: "inactive",
};

/** Null where the counters of ARR do not say it. */
const seenServer = z
  .strictObject({
    address: z.string(),
    enabled: z.boolean(),
    weight: z.int(),
    counters: counters.nullable(),
  })
  .transform(({ address, enabled, weight, counters: known }) => ({
    address,
    weight,
    // A server that is switched off in the configuration is in nobody's rotation.
    state: enabled ? (serverStates[known?.state ?? ""] ?? null) : ("inactive" as const),
    healthy: known?.healthy ?? null,
    requests: known?.requests ?? null,
  }));
export type SeenServer = z.infer<typeof seenServer>;

/** `moving`: starting or stopping. */
const poolStates: Record<string, "started" | "stopped" | "moving"> = {
  Started: "started",
  Stopped: "stopped",
  Starting: "moving",
  Stopping: "moving",
};
const instant = z.iso.datetime({ offset: true });

export const hostSeen = z.strictObject({
  schema_version: z.literal(1),
  ok: z.literal(true),
  sites: z.array(z.strictObject({ name: z.string(), path: z.string(), bindings: z.array(hostBinding) })),
  pools: z.array(
    z.strictObject({
      name: z.string(),
      state: z.string().transform((word) => poolStates[word] ?? null),
      requests: z.int().min(0).nullable(),
    }),
  ),
  farms: z.array(z.strictObject({ name: z.string(), servers: z.array(seenServer) })),
  /** Those of the folders that were asked for and are there, with the time at which they were whole. */
  folders: z.array(z.strictObject({ path: z.string(), at: instant })),
  /** Events of Windows' process activation, with what each is about: the name of a pool is among it. */
  events: z.array(z.strictObject({ id: z.int(), at: instant, about: z.array(z.string()) })),
  mark: markText.nullable(),
  hands_off: handsOffText.nullable(),
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
          event_ids: own.length === 0 ? [] : eventIds,
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
