import type { RolloutState } from "../../core/rollout/state.ts";

/** One question for evidence: which step, since when it is watched, and the steps that the comparison goes over. */
export type Watched = {
  state: RolloutState;
  step: number;
  since: string;
  baking: boolean;
  reached: RolloutState["reachedAt"];
};
