import { optional } from "../../optional.ts";
import type { AnalysisPolicy } from "../metric-policy.ts";
import type { VerdictReason } from "../verdict.ts";
import type { Asked } from "./guardrails.ts";
import { type SharedFault, sharedFault } from "./shared-fault.ts";

/** What all rules of a window ask for together. */
export type Demand = {
  action: "slow" | "hold" | "rollback";
  reason_code: VerdictReason;
  rule: string;
  sentence: string;
  /** It waits for nothing but a baseline. */
  uncompared?: true;
  fault?: SharedFault;
};

const strictness = { slow: 1, hold: 2, rollback: 3 } as const;

/**
 * The strictest action; undefined where no rule asks for anything. A breach that the baseline shares counts as what
 * policy makes of it. Among equals a rule that holds comes before one that waits for data, that one before one that has
 * only nothing to be compared with, then the first of the file.
 */
export function strictestDemand(
  asked: readonly Asked[],
  steps: readonly number[],
  policy: AnalysisPolicy["sharedFault"],
): Demand | undefined {
  const rank = ({ action, reason_code, uncompared }: Demand): number =>
    strictness[action] + (reason_code !== "no-data" ? 0.5 : uncompared ? 0 : 0.25);
  return asked
    .map((one) => demandOf(one, sharedFault(one, steps, policy)))
    .reduce<Demand | undefined>(
      (most, one) => (most === undefined || rank(one) > rank(most) ? one : most),
      undefined,
    );
}

function demandOf(asked: Asked, fault: SharedFault | undefined): Demand {
  const { rule, action, sentence } = asked;
  if (fault !== undefined)
    return { action: fault.action, reason_code: fault.reason_code, rule, sentence: fault.sentence, fault };
  if (asked.open)
    return { action, reason_code: "no-data", rule, sentence, ...optional("uncompared", asked.uncompared) };
  return { action, reason_code: asked.crashLoop ? "crash-loop" : "guardrail", rule, sentence };
}
