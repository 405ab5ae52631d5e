import { changeSet, type Edit, type Operation } from "../../../../adapters/targets/iis-arr/change-set.ts";
import type { Machine, Runtime } from "./machine.ts";
import { Broken, checkConfiguration, checkState } from "./rules.ts";

/** What apply.ps1 does, done to a model: the same change sets, one operation after the other. */

export type World = {
  /** Requests that never end. */
  stuck: boolean;
  now(): string;
};

const states = { Start: "active", Drain: "draining", GracefulStop: "inactive" } as const;

export function execute(machine: Machine, operation: Operation, world: World): void {
  switch (operation.operation) {
    case "commit":
      commit(machine, operation.edits);
      return;
    case "server-state": {
      checkState(operation.state);
      const server = serverOf(machine, operation.farm, operation.server);
      server.state = states[operation.state];
      // Behind a start the next request is there at once.
      if (operation.state === "Start") server.requests = Math.max(1, server.requests);
      return;
    }
    case "await":
      if (!isReached(machine, operation, world) && operation.late === "fail")
        throw new Broken(`not-${operation.is}`, `${operation.of} is not ${operation.is}.`);
      return;
    case "pool":
      poolOf(machine, operation.of).state = operation.state;
      return;
    case "unpack":
      if (/missing/.test(operation.package)) throw new Broken("failed", `${operation.package} is not there.`);
      if (!machine.folders.has(operation.folder)) machine.folders.set(operation.folder, world.now());
      return;
    case "verify-drivers":
      if (/unsigned/.test(operation.folder))
        throw new Broken("signature", `${operation.folder} has a driver that nobody trusted signed.`);
      return;
    case "keep": {
      const { name, text, over } = operation;
      if (over === null || over === (machine.kept.get(name) ?? "")) machine.kept.set(name, text);
    }
  }
}

function isReached(
  machine: Machine,
  { is, of, farm }: Extract<Operation, { operation: "await" }>,
  { stuck }: World,
): boolean {
  switch (is) {
    case "answering":
      return [...machine.pools.values()].some(({ state }) => state === "started");
    case "pool-idle": {
      const pool = poolOf(machine, of);
      if (!stuck) pool.requests = 0;
      return pool.requests === 0;
    }
    case "server-healthy":
      return serverOf(machine, farm, of).healthy;
    case "server-idle": {
      const server = serverOf(machine, farm, of);
      if (server.state !== "active" && !stuck) server.requests = 0;
      return server.requests === 0;
    }
  }
}

/** All edits or none: what IIS does with CommitChanges. */
function commit(machine: Machine, edits: readonly Edit[]): void {
  const { configuration } = machine;
  const before = structuredClone(configuration);
  try {
    for (const edit of edits) edited(machine, edit);
    checkConfiguration(machine);
  } catch (error) {
    Object.assign(configuration, before);
    throw error;
  }
}

function edited({ configuration, folders }: Machine, edit: Edit): void {
  if (edit.edit === "weight") {
    const weights = configuration.farms.get(edit.farm);
    if (!weights?.has(edit.server)) throw new Broken("absent", `${edit.server} is not in ${edit.farm}.`);
    weights.set(edit.server, edit.weight);
    return;
  }
  const site = configuration.sites.get(edit.site);
  if (site === undefined) throw new Broken("absent", `There is no site ${edit.site}.`);
  if (edit.edit === "bindings") site.bindings = edit.bindings;
  else if (!folders.has(edit.path)) throw new Broken("absent", `There is no folder ${edit.path}.`);
  else site.path = edit.path;
}

/** The document that leads back, as a person applies it. */
export function undo(machine: Machine, document: string | undefined, world: World): void {
  if (document === undefined) return;
  for (const operation of changeSet.parse(JSON.parse(document)).operations)
    execute(machine, operation, world);
}

function serverOf({ servers, name }: Machine, farm: string | null, address: string): Runtime {
  const found = servers.get(farm ?? "")?.get(address);
  if (found === undefined) throw new Broken("absent", `${name} has no server ${address} in ${farm}.`);
  return found;
}

function poolOf(
  { pools, name }: Machine,
  wanted: string,
): { state: "started" | "stopped"; requests: number } {
  const found = pools.get(wanted);
  if (found === undefined) throw new Broken("absent", `${name} has no application pool ${wanted}.`);
  return found;
}
