import type { TargetFault } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { type IisArrConfig, siteHosts, slotHosts, slotNames } from "./config.ts";
import type { HostSeen, Hosts } from "./host.ts";
import { folderOf, samePath } from "./versions.ts";

/** Trouble of the candidate that Windows writes into its event log, and pools that stopped under it. */

const always: Record<number, [code: string, what: string]> = {
  5002: ["app-pool-disabled", "was switched off after worker processes failed again and again"],
  5127: ["worker-untrusted", "had a worker process that Windows no longer trusts"],
};
const whenOften: Record<number, [code: string, what: string]> = {
  5009: ["worker-crashed", "lost worker processes"],
  5010: ["worker-hung", "had worker processes that answered no ping"],
};

export const eventIds = [...Object.keys(always), ...Object.keys(whenOften)].map(Number);

type Place = { name: string; host: HostSeen; pool: string };

export function candidateFaults(config: IisArrConfig, plan: RolloutPlan, hosts: Hosts): TargetFault[] {
  const folder = folderOf(config, plan.candidate);
  return placesOf(config, hosts, folder).flatMap((place) => faultsAt(config, place, folder));
}

/** Machines and pools that serve the folder of the candidate. */
function placesOf(config: IisArrConfig, hosts: Hosts, folder: string): Place[] {
  const sites =
    config.layout === "batches"
      ? siteHosts(config).map((name) => ({ name, site: config.site, pool: config.pool }))
      : slotNames.flatMap((slot) => slotHosts(config, slot).map((name) => ({ name, ...config.slots[slot] })));
  return sites.flatMap(({ name, site, pool }) => {
    const host = hosts.get(name);
    const path = host?.sites.find((one) => one.name === site)?.path;
    return host === undefined || path === undefined || !samePath(path, folder) ? [] : [{ name, host, pool }];
  });
}

function faultsAt(config: IisArrConfig, { name, host, pool }: Place, folder: string): TargetFault[] {
  // What happened before this version was there was another's doing.
  const since = host.folders.find(({ path }) => samePath(path, folder))?.at;
  const own = host.events.filter(
    (event) =>
      event.about.some((one) => samePath(one, pool)) &&
      (since === undefined || Date.parse(event.at) >= Date.parse(since)),
  );
  const fault = ([code, what]: [string, string], count: number): TargetFault => ({
    code,
    sentence: `The application pool ${pool} on ${name} ${what} (${count} in the event log of the last hour).`,
  });
  const found: TargetFault[] = [];
  for (const [id, words] of Object.entries({ ...always, ...whenOften })) {
    const count = own.filter((event) => String(event.id) === id).length;
    const most = id in always ? 1 : config["worker-faults"];
    if (count >= most) found.push(fault(words, count));
  }
  return found;
}
