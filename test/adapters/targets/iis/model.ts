import { changeSet } from "../../../../adapters/targets/iis-arr/change-set.ts";
import {
  allHosts,
  hostOf,
  type IisArrConfig,
  slotNames,
} from "../../../../adapters/targets/iis-arr/config.ts";
import type { IisArrPorts } from "../../../../adapters/targets/iis-arr/hosts.ts";
import { markText } from "../../../../adapters/targets/iis-arr/kept.ts";
import { bindingsOf } from "../../../../adapters/targets/iis-arr/slots.ts";
import { execute, undo, type World } from "./execute.ts";
import { emptyConfiguration, emptyMachine, type Machine, pictureOf, type Runtime } from "./machine.ts";
import { Broken } from "./rules.ts";
import { violationOf } from "./watching.ts";

/** Machines in memory that take the same change sets as real ones. Time passes whenever somebody looks. */
export type IisModel = {
  settings: IisArrConfig;
  ports: IisArrPorts;
  machines: ReadonlyMap<string, Machine>;
  /** What no moment may show: a farm without a server, a pool stopped under requests, a live binding that nobody has. */
  violations: string[];
  /** How many operations were carried out. */
  done: number;
  /** After so many more operations the runner dies; null: it lives. */
  dieAfter: number | null;
  unreachable: Set<string>;
  /** After so many more operations there the machine does not answer any more. */
  hangs: { host: string; after: number } | null;
  stuck: boolean;
  picture(): unknown;
  /** Applies the undo sets that an effect left on the machines. */
  undo(rollout: string, number: number): void;
};

/** `running`: the folder that blue, or every server, serves at first. */
export function startModel(config: IisArrConfig, running: string): IisModel {
  const machines = machinesOf(config, running);
  const world: World = {
    stuck: false,
    now: () => "2026-11-21T12:00:00.000Z",
  };
  const model: IisModel = {
    settings: config,
    machines,
    violations: [],
    done: 0,
    dieAfter: null,
    unreachable: new Set(),
    hangs: null,
    get stuck() {
      return world.stuck;
    },
    set stuck(value) {
      world.stuck = value;
    },
    picture: () => pictureOf(machines.values()),
    undo(rollout, number) {
      for (const machine of [...machines.values()].reverse())
        undo(machine, machine.kept.get(`undo\\${rollout}-${number}-${machine.name}`), world);
    },
    ports: {
      async run({ host, verb, document }) {
        const machine = machines.get(host);
        const hung = model.hangs?.host === host && model.hangs.after === 0;
        if (machine === undefined || model.unreachable.has(host) || hung) throw new Error("no route to host");
        // Through JSON and back, as on the way to a real machine.
        const asked: unknown = JSON.parse(JSON.stringify(document));
        if (verb === "observe") return JSON.parse(JSON.stringify(look(machine, document.folders, world)));
        return apply(model, config, machine, asked, world);
      },
    },
  };
  return model;
}

function apply(
  model: IisModel,
  config: IisArrConfig,
  machine: Machine,
  asked: unknown,
  world: World,
): unknown {
  const { operations, fencing } = changeSet.parse(asked);
  for (const operation of operations) {
    if (model.dieAfter === 0) throw new Error("the runner died");
    if (model.dieAfter !== null) model.dieAfter -= 1;
    if (model.hangs?.host === machine.name) {
      if (model.hangs.after === 0) throw new Error("the machine hangs");
      model.hangs.after -= 1;
    }
    const known = fencingOn(machine);
    if (fencing !== null && known > fencing)
      return { schema_version: 1, ok: false, code: "overtaken", sentence: `Number ${known} stands already.` };
    try {
      const violation = violationOf(config, model.machines, machine, operation, () =>
        execute(machine, operation, world),
      );
      if (violation !== null) model.violations.push(violation);
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      return { schema_version: 1, ok: false, code: error.code, sentence: error.message };
    }
    model.done += 1;
  }
  return { schema_version: 1, ok: true };
}

function fencingOn({ kept }: Machine): number {
  const text = kept.get("mark");
  return text === undefined ? 0 : markText.parse(text).mark.fencing;
}

/** Words and numbers as IIS and ARR have them. */
const words = {
  started: "Started",
  stopped: "Stopped",
  active: "Active",
  draining: "Draining",
  inactive: "Inactive",
};

function look(machine: Machine, folders: readonly string[], world: World): unknown {
  const { configuration, servers, pools, kept } = machine;
  const answer = {
    schema_version: 1,
    ok: true,
    sites: [...configuration.sites].map(([name, site]) => ({ name, ...site })),
    pools: [...pools].map(([name, { state, requests }]) => ({ name, state: words[state], requests })),
    farms: [...servers].map(([name, all]) => ({
      name,
      servers: [...all].map(([address, { state, ...counted }]) => ({
        address,
        enabled: true,
        weight: configuration.farms.get(name)?.get(address),
        counters: { state: words[state], ...counted },
      })),
    })),
    folders: folders.flatMap((path) => {
      const at = machine.folders.get(path);
      return at === undefined ? [] : [{ path, at }];
    }),
    events: machine.events,
    mark: kept.get("mark") ?? null,
    hands_off: kept.get("hands-off") ?? null,
  };
  // Copied before time passes.
  const copy: unknown = structuredClone(answer);
  if (!world.stuck)
    for (const all of servers.values())
      for (const server of all.values()) if (server.state !== "active") server.requests = 0;
  return copy;
}

function machinesOf(config: IisArrConfig, running: string): Map<string, Machine> {
  const shared = config.layout !== "swap" && config["shared-configuration"];
  const onShare = config["state-folder"].startsWith("\\\\");
  const [configuration, kept] = [emptyConfiguration(), new Map<string, string>()];
  const controllers = new Set(config.layout === "swap" ? [] : config.controllers);
  const machines = new Map(
    allHosts(config).map((host): [string, Machine] => {
      const together = shared && controllers.has(host);
      return [
        host,
        emptyMachine(host, together ? configuration : emptyConfiguration(), onShare ? kept : new Map()),
      ];
    }),
  );
  const site = (host: string, name: string, pool: string, live: boolean): void => {
    const machine = machines.get(host);
    machine?.folders.set(running, "2026-01-01T00:00:00.000Z");
    const path = live ? running : "C:\\inetpub\\empty";
    machine?.folders.set(path, "2026-01-01T00:00:00.000Z");
    const bindings =
      config.layout === "swap"
        ? bindingsOf(config, live ? "live" : "idle")
        : [{ protocol: "http", information: `*:${live ? 80 : 81}:`, ssl_flags: 0 }];
    machine?.configuration.sites.set(name, { path, bindings });
    machine?.pools.set(pool, { state: live ? "started" : "stopped", requests: 0 });
  };
  const farmServer = (address: string, live: boolean): void => {
    if (config.layout === "swap") return;
    for (const controller of config.controllers) {
      const machine = machines.get(controller);
      if (machine === undefined) continue;
      const runtime: Runtime = { state: live ? "active" : "inactive", requests: live ? 1 : 0, healthy: true };
      const farm = machine.servers.get(config.farm) ?? new Map<string, Runtime>();
      machine.servers.set(config.farm, farm.set(address, runtime));
      const weights = machine.configuration.farms.get(config.farm) ?? new Map<string, number>();
      machine.configuration.farms.set(config.farm, weights.set(address, 100));
    }
  };
  if (config.layout === "batches")
    for (const server of config.servers) {
      site(hostOf(server), config.site, config.pool, true);
      farmServer(server.address, true);
    }
  else
    for (const slot of slotNames) {
      const hosts = config.layout === "swap" ? config.hosts : config.slots[slot].servers.map(hostOf);
      for (const host of hosts) site(host, config.slots[slot].site, config.slots[slot].pool, slot === "blue");
      if (config.layout === "weights")
        for (const { address } of config.slots[slot].servers) farmServer(address, slot === "blue");
    }
  return machines;
}
