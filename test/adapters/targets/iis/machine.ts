import type { HostBinding } from "../../../../adapters/targets/iis-arr/change-set.ts";

/** One Windows machine as far as rollouts see it: its applicationHost.config, and what runs. */

/** What a commit writes; under Shared Configuration several machines have the same object. */
export type Configuration = {
  sites: Map<string, { path: string; bindings: HostBinding[] }>;
  /** Weights by farm and server. */
  farms: Map<string, Map<string, number>>;
};

export type Runtime = { state: "active" | "draining" | "inactive"; requests: number; healthy: boolean };

export type Machine = {
  name: string;
  configuration: Configuration;
  /** As the machine's own ARR has it; never shared. */
  servers: Map<string, Map<string, Runtime>>;
  pools: Map<string, { state: "started" | "stopped"; requests: number }>;
  folders: Map<string, string>;
  events: { id: number; at: string; about: string[] }[];
  /** The texts in the state folder. */
  kept: Map<string, string>;
};

export const emptyConfiguration = (): Configuration => ({ sites: new Map(), farms: new Map() });

export function emptyMachine(name: string, configuration: Configuration, kept: Machine["kept"]): Machine {
  return {
    name,
    configuration,
    servers: new Map(),
    pools: new Map(),
    folders: new Map(),
    events: [],
    kept,
  };
}

/** Everything that an undo set has to bring back: not the marks, and not folders that no site knows of. */
export function pictureOf(machines: Iterable<Machine>): unknown {
  return [...machines].map(({ name, configuration, servers, pools }) => ({
    name,
    sites: [...configuration.sites],
    weights: [...configuration.farms].map(([farm, weights]) => [farm, [...weights]]),
    states: [...servers].map(([farm, all]) => [farm, [...all].map(([server, { state }]) => [server, state])]),
    pools: [...pools].map(([pool, { state }]) => [pool, state]),
  }));
}
