import { changeSet, type Edit, type Operation } from "../../../../adapters/targets/iis-arr/change-set.ts";
import type { Machine, Runtime } from "./machine.ts";
import { Broken, checkConfiguration, checkState } from "./rules.ts";

/** What apply.ps1 does, done to a model: the same change sets, one operation after the other. */

export type World = {
  /** Requests that never end. */
  stuck: boolean;
  now(): string;
};

export function execute(machine: Machine, operation: Operation, world: World): void {
  switch (operation.operation) {
    case "commit":
      commit(machine, operation.edits);
      return;
    case "server-state": {
      checkState(operation.state);
      const server = serverOf(machine, operation.farm, operation.server);
      server.state = ({ start: "active", drain: "draining", "graceful-stop": "inactive" } as const)[
        operation.state
      ];
      // Behind a start the next request is there at once.
      if (operation.state === "start") server.requests = Math.max(1, server.requests);
      return;
    }
    case "await-idle": {
      const server = serverOf(machine, operation.farm, operation.server);
      if (server.state !== "active" && !world.stuck) server.requests = 0;
      if (server.requests > 0) late(operation.late, `${operation.server} has requests in flight`);
      return;
    }
    case "await-pool-idle": {
      const pool = poolOf(machine, operation.pool);
      if (!world.stuck) pool.requests = 0;
      if (pool.requests > 0) late(operation.late, `${operation.pool} has requests in flight`);
      return;
    }
    case "pool":
      poolOf(machine, operation.pool).state = operation.state;
      return;
    case "await-healthy":
      if (!serverOf(machine, operation.farm, operation.server).healthy)
        throw new Broken("not-healthy", `${operation.server} is not healthy.`);
      return;
    case "unpack":
      if (/missing/.test(operation.package)) throw new Broken("absent", `${operation.package} is not there.`);
      if (!machine.folders.has(operation.folder)) machine.folders.set(operation.folder, world.now());
      return;
    case "verify-drivers":
      if (/unsigned/.test(operation.folder))
        throw new Broken("signature", `${operation.folder} has a driver that nobody trusted signed.`);
      return;
    case "warm":
      if ([...machine.pools.values()].every(({ state }) => state === "stopped"))
        throw new Broken("not-warm", `${operation.url} answers nothing.`);
      return;
    case "mark":
    case "finish":
    case "hands-off":
    case "keep-undo":
      beside(machine, operation);
  }
}

type Beside = Extract<Operation, { operation: "mark" | "finish" | "hands-off" | "keep-undo" }>;

function beside({ beside: left }: Machine, operation: Beside): void {
  switch (operation.operation) {
    case "mark": {
      const known = left.mark?.mark.fencing ?? 0;
      if (known > operation.mark.fencing) throw new Broken("overtaken", `Number ${known} stands already.`);
      left.mark = { mark: operation.mark, state: "applying" };
      return;
    }
    case "finish":
      if (left.mark?.mark.rollout === operation.rollout && left.mark.mark.number === operation.number)
        left.mark.state = "done";
      return;
    case "hands-off":
      left.handsOff = operation.hands_off;
      return;
    case "keep-undo":
      if (!left.undo.has(operation.name))
        left.undo.set(operation.name, changeSet.parse(JSON.parse(operation.document)).operations);
      return;
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

export function undo(machine: Machine, operations: readonly Operation[], world: World): void {
  for (const operation of operations) execute(machine, operation, world);
}

function late(how: "fail" | "go-on", sentence: string): void {
  if (how === "fail") throw new Broken("not-idle", `${sentence}.`);
}

function serverOf({ servers, name }: Machine, farm: string, address: string): Runtime {
  const found = servers.get(farm)?.get(address);
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
