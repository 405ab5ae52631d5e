import type { TargetEffect } from "../../../core/rollout/effect.ts";
import type { Mark } from "../../../core/rollout/observed.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";
import { batchSteps } from "./batch-steps.ts";
import { type Operation, type Stage, type Step, setOf, stagesOf } from "./change-set.ts";
import { type IisArrConfig, markHosts } from "./config.ts";
import type { Hosts } from "./host.ts";
import { keepUndo } from "./kept.ts";
import { slotSteps, slotStepsForeseen } from "./slot-steps.ts";
import { undoOf } from "./undo.ts";

/** An effect as change sets: the mark on every machine, the way back, what is to be done, and that it is done. */

export function stepsFor(
  config: IisArrConfig,
  plan: RolloutPlan,
  effect: TargetEffect,
  hosts: Hosts,
): Step[] {
  return config.layout === "batches"
    ? batchSteps(config, plan, effect, hosts)
    : slotSteps(config, plan, effect, hosts);
}

/** What the machines would be told, a line for each operation; the mark goes before all of it. */
export function requestsFor(
  config: IisArrConfig,
  plan: RolloutPlan,
  effect: TargetEffect,
  hosts: Hosts,
): string[] {
  const steps =
    config.layout === "batches"
      ? batchSteps(config, plan, effect, hosts)
      : slotStepsForeseen(config, plan, effect, hosts);
  return steps.map(({ host, operation }) => `${host}: ${JSON.stringify(operation)}`);
}

export function everywhere(
  config: IisArrConfig,
  operation: Operation,
  fencing: number | null,
  reached: readonly string[],
): Stage[] {
  return markHosts(config, reached).map((host) => ({
    host,
    set: setOf([operation], config["state-folder"], fencing),
  }));
}

export function inOrder(config: IisArrConfig, steps: readonly Step[], mark: Mark): Stage[] {
  return stagesOf(steps, config["state-folder"], mark.fencing);
}

/** Taken back by hand or by a later version: each is a document of its own, under no lease. */
export function undoStages(config: IisArrConfig, steps: readonly Step[], mark: Mark, hosts: Hosts): Stage[] {
  const folder = config["state-folder"];
  const touched = [...new Set(steps.map(({ host }) => host))];
  return touched.flatMap((host): Stage[] => {
    const seen = hosts.get(host);
    const own = steps.filter((step) => step.host === host).map(({ operation }) => operation);
    const operations = seen === undefined ? [] : undoOf(seen, own);
    if (operations.length === 0) return [];
    const document = JSON.stringify(setOf(operations, folder, null));
    // The state folder can be a share that several machines have in common.
    const name = `${mark.rollout}-${mark.number}-${host}`;
    return [{ host, set: setOf([keepUndo(name, document)], folder, mark.fencing) }];
  });
}
