import type { Operation } from "../../../../adapters/targets/iis-arr/change-set.ts";
import { type IisArrConfig, slotNames } from "../../../../adapters/targets/iis-arr/config.ts";
import { bindingsOf } from "../../../../adapters/targets/iis-arr/slots.ts";
import type { Machine } from "./machine.ts";
import { reaching } from "./reaching.ts";

/** Looks at the machines before and behind each operation for what users would notice. */
export function violationOf(
  config: IisArrConfig,
  machines: ReadonlyMap<string, Machine>,
  machine: Machine,
  operation: Operation,
  work: () => void,
): string | null {
  const stopped =
    operation.operation === "pool" && operation.state === "stopped"
      ? stopUnder(config, machines, machine, operation.of)
      : null;
  work();
  return stopped ?? unserved(config, machine) ?? cold(config, machines, machine);
}

/** In flight is what has nowhere to go; a stuck request that a way back goes on over is left to IIS. */
function stopUnder(
  config: IisArrConfig,
  machines: ReadonlyMap<string, Machine>,
  machine: Machine,
  pool: string,
): string | null {
  if (machine.pools.get(pool)?.state === "stopped") return null;
  const servers = reaching(config, machines, machine.name, pool);
  if (servers.some(({ state }) => state === "active"))
    return `${pool} on ${machine.name} stops while it is sent requests`;
  if (servers.some(({ requests }) => requests > 0))
    return `${pool} on ${machine.name} stops under requests in flight`;
  if (config.layout !== "swap") return null;
  const slot = slotNames.find((name) => config.slots[name].pool === pool);
  return slot !== undefined && isLive(config, machine, slot)
    ? `${pool} on ${machine.name} stops while it is live`
    : null;
}

type Swap = Extract<IisArrConfig, { layout: "swap" }>;

function isLive(config: Swap, { configuration }: Machine, slot: "blue" | "green"): boolean {
  const live = bindingsOf(config, "live").map(({ information }) => information);
  const own = configuration.sites.get(config.slots[slot].site)?.bindings ?? [];
  return own.some(({ information }) => live.includes(information));
}

function unserved(config: IisArrConfig, machine: Machine): string | null {
  if (config.layout === "swap") {
    const live = slotNames.filter((slot) => isLive(config, machine, slot)).length;
    return live === 1 ? null : `${live} sites have the live binding on ${machine.name}`;
  }
  for (const [farm, servers] of machine.servers)
    if (![...servers.values()].some(({ state }) => state === "active"))
      return `${farm} on ${machine.name} has no server`;
  return null;
}

/** Nobody is sent to a machine whose pool does not run. */
function cold(config: IisArrConfig, machines: ReadonlyMap<string, Machine>, machine: Machine): string | null {
  for (const { name, pools } of config.layout === "swap" ? [machine] : machines.values())
    for (const [pool, { state }] of pools) {
      if (state === "started") continue;
      if (reaching(config, machines, name, pool).some((one) => one.state === "active"))
        return `${pool} on ${name} gets requests and does not run`;
      if (config.layout !== "swap") continue;
      const slot = slotNames.find((one) => config.slots[one].pool === pool);
      if (slot !== undefined && isLive(config, machine, slot))
        return `${pool} on ${name} is live and does not run`;
    }
  return null;
}
