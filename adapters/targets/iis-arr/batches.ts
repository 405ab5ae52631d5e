import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { type BatchesConfig, hostOf, type Server } from "./config.ts";
import type { Hosts, SeenServer } from "./host.ts";
import { agreed, farmOn, poolRuns, versionOn } from "./slots.ts";
import { folderOf, samePath } from "./versions.ts";

/** The servers of one farm, each with its version, in the order in which they are taken. */

export type ServerSeen = {
  server: Server;
  version: string | null;
  runs: boolean | null;
  /** In the farm, as all controllers say; null: they differ or cannot tell. */
  active: boolean | null;
  seen: SeenServer[];
  /** Its machine does not answer. */
  missing: boolean;
};

export function serversSeen(config: BatchesConfig, plan: RolloutPlan, hosts: Hosts): ServerSeen[] {
  return config.servers.map((server) => {
    const machine = hosts.get(hostOf(server));
    const perController = config.controllers
      .filter((host) => hosts.has(host))
      .map((host) => farmOn(hosts.get(host), config.farm).find(({ address }) => address === server.address));
    return {
      server,
      version: versionOn(config, plan, machine, config.site),
      runs: poolRuns(machine, config.pool),
      active: agreed(
        perController.map((one) => (one === undefined || one.state === null ? null : one.state === "active")),
      ),
      seen: perController.filter((one) => one !== undefined),
      missing: machine === undefined,
    };
  });
}

/** Whether the candidate is unpacked on the server's machine. */
export function candidatesOf(
  config: BatchesConfig,
  plan: RolloutPlan,
  hosts: Hosts,
  server: Server,
): boolean {
  const folder = folderOf(config, plan.candidate);
  return hosts.get(hostOf(server))?.folders.some(({ path }) => samePath(path, folder)) ?? false;
}
