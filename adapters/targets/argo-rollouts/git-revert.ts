import { UserError } from "../../../core/errors.ts";
import type { RolloutPlan } from "../../../core/rollout/plan.ts";

/** Brings the resource in Git back to the plan's stable version, as a proposal that people merge. */
export type GitRevert = {
  /** A sentence on where it stands. The same proposal of the same rollout is opened once, however often it is asked. */
  propose(plan: RolloutPlan): Promise<string>;
};

const freshMs = 60_000;

/**
 * Asked at every look while the resource waits, which is far more often than anything changes. Where nothing can be
 * proposed the sentence says why, and what to do: a person has to revert then.
 */
export function proposing(revert: GitRevert | string): {
  ask(plan: RolloutPlan): Promise<string>;
  /** What was said of the plan at the last look. */
  said(plan: RolloutPlan): string;
} {
  let last = { rollout: "", at: 0, sentence: "" };
  return {
    said: ({ rollout }) => (last.rollout === rollout ? last.sentence : ""),
    async ask(plan) {
      if (last.rollout !== plan.rollout || performance.now() - last.at > freshMs) {
        const sentence = typeof revert === "string" ? revert : await sentenceOf(revert, plan);
        last = { rollout: plan.rollout, at: performance.now(), sentence };
      }
      return last.sentence;
    },
  };
}

async function sentenceOf(revert: GitRevert, plan: RolloutPlan): Promise<string> {
  try {
    return await revert.propose(plan);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `No pull request proposes it (${error.reasonCode}): ${error.message}`;
  }
}
