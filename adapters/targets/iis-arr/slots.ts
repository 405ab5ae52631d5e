import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import type { HostBinding } from "./change-set.ts";
import {
  type IisArrConfig,
  type SlotConfig,
  type SlotName,
  type SwapConfig,
  slotHosts,
  slotNames,
  type WeightsConfig,
} from "./config.ts";
import type { HostSeen, Hosts, SeenServer } from "./host.ts";
import { versionIn } from "./versions.ts";

/** Two slots as those of their machines show them that answer. Where machines disagree the answer is null, and nothing is settled. */

export type SlotSeen = {
  version: string | null;
  /** Whether its application pools run; null: some do. */
  warm: boolean | null;
  healthy: boolean | null;
};
export type SlotsSeen = {
  blue: SlotSeen;
  green: SlotSeen;
  /** Percent of the traffic that goes to blue. */
  blueShare: number | null;
  /** A server that was stopped gracefully has requests in flight. */
  draining: boolean;
};

export function slotsSeen(config: SlotConfig, plan: RolloutPlan, hosts: Hosts): SlotsSeen {
  const servers = config.layout === "weights" ? controllersOf(config, hosts) : [];
  const slot = (name: SlotName): SlotSeen => {
    const { site, pool } = config.slots[name];
    const own = slotHosts(config, name).flatMap((host) => hosts.get(host) ?? []);
    return {
      version: agreed(own.map((host) => versionOn(config, plan, host, site))),
      warm: agreed(own.map((host) => poolRuns(host, pool))),
      healthy: config.layout === "weights" ? healthOf(serversOf(config, name, servers)) : null,
    };
  };
  const shares =
    config.layout === "weights"
      ? servers.map((all) => weightShare(config, all))
      : config.hosts.flatMap((host) => hosts.get(host) ?? []).map((host) => swapShare(config, host));
  return {
    blue: slot("blue"),
    green: slot("green"),
    blueShare: agreed(shares),
    draining: servers.flat().some(({ state, requests }) => state === "inactive" && (requests ?? 0) > 0),
  };
}

function controllersOf({ controllers, farm }: WeightsConfig, hosts: Hosts): SeenServer[][] {
  return controllers.flatMap((host) => hosts.get(host) ?? []).map((host) => farmOn(host, farm));
}

export function farmOn(host: HostSeen | undefined, farm: string): SeenServer[] {
  return host?.farms.find(({ name }) => name === farm)?.servers ?? [];
}

function serversOf(
  config: WeightsConfig,
  slot: SlotName,
  controllers: readonly SeenServer[][],
): SeenServer[] {
  const own = new Set(config.slots[slot].servers.map(({ address }) => address));
  return controllers.flat().filter(({ address }) => own.has(address));
}

function weightShare(config: WeightsConfig, all: readonly SeenServer[]): number | null {
  const [blue, green] = slotNames.map((slot) => {
    const own = serversOf(config, slot, [[...all]]);
    if (own.length < config.slots[slot].servers.length) return null;
    const active = agreed(own.map(({ state }) => (state === null ? null : state === "active")));
    return active === null ? null : active ? own.reduce((sum, { weight }) => sum + weight, 0) : 0;
  });
  if (blue === undefined || green === undefined || blue === null || green === null || blue + green === 0)
    return null;
  return Math.round((10_000 * blue) / (blue + green)) / 100;
}

function swapShare(config: SwapConfig, host: HostSeen | undefined): number | null {
  const of = (slot: SlotName): HostBinding[] =>
    host?.sites.find(({ name }) => name === config.slots[slot].site)?.bindings ?? [];
  const [live, idle] = [bindingsOf(config, "live"), bindingsOf(config, "idle")];
  if (sameBindings(of("blue"), live) && sameBindings(of("green"), idle)) return 100;
  return sameBindings(of("blue"), idle) && sameBindings(of("green"), live) ? 0 : null;
}

export function bindingsOf(config: SwapConfig, which: "live" | "idle"): HostBinding[] {
  return config[`${which}-bindings`].map(({ protocol, information, "ssl-flags": ssl_flags }) => ({
    protocol,
    information,
    ssl_flags,
  }));
}

function sameBindings(left: readonly HostBinding[], right: readonly HostBinding[]): boolean {
  const words = (all: readonly HostBinding[]): string =>
    all
      .map(({ protocol, information, ssl_flags }) => `${protocol} ${information} ${ssl_flags}`.toLowerCase())
      .sort()
      .join("\n");
  return words(left) === words(right);
}

export function versionOn(
  config: IisArrConfig,
  plan: RolloutPlan,
  host: HostSeen | undefined,
  site: string,
): string | null {
  const path = host?.sites.find(({ name }) => name === site)?.path;
  return path === undefined ? null : versionIn(config, plan, path);
}

export function poolRuns(host: HostSeen | undefined, pool: string): boolean | null {
  const state = host?.pools.find(({ name }) => name === pool)?.state ?? null;
  return state === null || state === "moving" ? null : state === "started";
}

/** One that is known to be ill makes all of them not healthy; nobody who can tell makes it unknown. */
export function healthOf(servers: readonly SeenServer[]): boolean | null {
  if (servers.some(({ healthy }) => healthy === false)) return false;
  return servers.length > 0 && servers.every(({ healthy }) => healthy === true) ? true : null;
}

/** What all say; null where one does not know, or two differ. */
export function agreed<Value>(all: readonly (Value | null)[]): Value | null {
  const [first = null] = all;
  return all.every((one) => one === first) ? first : null;
}
