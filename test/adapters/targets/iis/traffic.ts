import { hostOf, type IisArrConfig, slotNames } from "../../../../adapters/targets/iis-arr/config.ts";
import type { Machine } from "./machine.ts";
import { stable } from "./samples.ts";

/** Percent of the requests that are answered by anything but the first version: from the machines, not the target. */
export function usersGet(config: IisArrConfig, machines: ReadonlyMap<string, Machine>): number {
  const isNew = (host: string, site: string): boolean =>
    machines.get(host)?.configuration.sites.get(site)?.path !== stable.id;
  if (config.layout === "swap") {
    const live = config.hosts.flatMap((host) =>
      slotNames
        .map((slot) => config.slots[slot].site)
        .filter((site) =>
          machines
            .get(host)
            ?.configuration.sites.get(site)
            ?.bindings.some(({ information }) => information === config["live-bindings"][0]?.information),
        )
        .map((site) => isNew(host, site)),
    );
    return (100 * live.filter(Boolean).length) / live.length;
  }
  const servers =
    config.layout === "batches"
      ? config.servers.map((server) => ({ ...server, site: config.site }))
      : slotNames.flatMap((slot) =>
          config.slots[slot].servers.map((server) => ({ ...server, site: config.slots[slot].site })),
        );
  const perController = config.controllers.map((controller) => {
    const machine = machines.get(controller);
    const taking = servers.flatMap((server) => {
      const active = machine?.servers.get(config.farm)?.get(server.address)?.state === "active";
      const weight = machine?.configuration.farms.get(config.farm)?.get(server.address) ?? 0;
      return active ? [{ weight, fresh: isNew(hostOf(server), server.site) }] : [];
    });
    const sum = (all: typeof taking): number => all.reduce((total, { weight }) => total + weight, 0);
    return (100 * sum(taking.filter(({ fresh }) => fresh))) / sum(taking);
  });
  return perController.reduce((total, one) => total + one, 0) / perController.length;
}
