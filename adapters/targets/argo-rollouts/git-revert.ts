import type { RolloutPlan } from "../../../core/rollout/plan.ts";

/** Brings the resource in Git back to the plan's stable version, as a proposal that people merge. */
export type GitRevert = {
  /** Asked again and again while the resource waits: the same proposal of the same rollout is opened once. */
  propose(plan: RolloutPlan): Promise<{ where: string }>;
};
