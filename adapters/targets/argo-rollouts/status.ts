import type { RolloutResource } from "./resource.ts";

/** What of a Rollout's status may be believed. Everything else is still under way. */

/** The controller has seen the resource as it is, and is not between a step and the pause behind it. */
export function isUpToDate({ metadata, status }: RolloutResource): boolean {
  if (status.observedGeneration !== String(metadata.generation)) return false;
  return !status.controllerPause || (status.pauseConditions ?? []).length > 0;
}

export function isFullyPromoted({ status }: RolloutResource): boolean {
  return status.currentPodHash !== "" && status.currentPodHash === status.stableRS;
}

export function conditionOf({ status }: RolloutResource, type: string, reason?: string) {
  return status.conditions.find(
    (one) => one.type === type && (reason === undefined || one.reason === reason),
  );
}
