import { formatDuration } from "../../policy/duration.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import type { Verdict, VerdictReason } from "../verdict.ts";
import type { Asked } from "./guardrails.ts";
import type { Began } from "./held.ts";

/**
 * A breach that the baseline shares says nothing of the candidate against it: both may suffer from what neither did. It
 * holds the rollout and calls a person. But where it began soon after a step of ours, the step may have done it to
 * both, through a database or a queue that they share, and policy may take the candidate back.
 */
export type SharedFault = NonNullable<Verdict["shared_fault"]> & {
  rule: string;
  action: "hold" | "rollback";
  reason_code: Extract<VerdictReason, "shared-fault" | "shared-fault-after-step">;
};

type Policy = AnalysisPolicy["sharedFault"];

/** `steps` are the times of the changes of weight so far, on the clock of the windows, in any order. */
export function sharedFault(asked: Asked, steps: readonly number[], policy: Policy): SharedFault | undefined {
  if (asked.baselineBegan === undefined || asked.open || asked.action === "slow") return undefined;
  const began = earlier(asked.began, asked.baselineBegan);
  const step = stepBefore(began, steps);
  // Where in its first window a breach began is not known; the soonest after the step is the careful reading.
  const after = step === undefined ? undefined : Math.max(0, began.since - step);
  const ours = after !== undefined && after <= policy.beganWithinSeconds;
  const reason_code = ours ? "shared-fault-after-step" : "shared-fault";
  // A rule of the team that only holds is not made to take anything back.
  const action = ours && policy.afterStep === "rollback" && asked.action === "rollback" ? "rollback" : "hold";
  const when =
    after === undefined ? "before any step" : `${formatDuration(after)} after the last step before it`;
  const sentence = `The baseline breaks ${asked.rule} as well, since window ${began.since_window}, ${when}: ${
    action === "rollback"
      ? "our step may have done this to both."
      : "a person has to look at what both share."
  }`;
  return {
    rule: asked.rule,
    action,
    reason_code,
    sentence,
    began_at_window: began.since_window,
    page: true,
  };
}

function earlier(left: Began, right: Began): Began {
  return right.since < left.since ? right : left;
}

/** The last step that came before the end of the window in which the breach began; later ones did not cause it. */
function stepBefore(began: Began, steps: readonly number[]): number | undefined {
  const before = steps.filter((step) => step < began.since_end);
  return before.length === 0 ? undefined : Math.max(...before);
}
