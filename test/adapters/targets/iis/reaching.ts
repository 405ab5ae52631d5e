import {
  hostOf,
  type IisArrConfig,
  type Server,
  slotNames,
} from "../../../../adapters/targets/iis-arr/config.ts";
import type { Machine, Runtime } from "./machine.ts";

/** The places in every controller's farm that lead to a pool of a machine. */
export function reaching(
  config: IisArrConfig,
  machines: ReadonlyMap<string, Machine>,
  host: string,
  pool: string,
): Runtime[] {
  if (config.layout === "swap") return [];
  const servers: Server[] =
    config.layout === "batches"
      ? config.servers
      : slotNames.flatMap((slot) => (config.slots[slot].pool === pool ? config.slots[slot].servers : []));
  const own = servers.filter((server) => hostOf(server) === host).map(({ address }) => address);
  return config.controllers.flatMap((controller) =>
    own.flatMap((address) => machines.get(controller)?.servers.get(config.farm)?.get(address) ?? []),
  );
}
