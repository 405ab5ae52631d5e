import type { Verdict } from "../../core/analysis/verdict.ts";
import type { Look } from "../../core/rollout/around.ts";

export type Word = Extract<Look, { final: true }>["verdict"];

/** The ledger's limit of a reason. */
const longest = 4000;

/** What the ledger keeps of verdict.json: the answer, its reason, and the deciding metric with both values. */
export function wordOf({ id, verdict, reason_code, reason, at_window, metrics }: Verdict): Word {
  const [deciding] = metrics;
  const metric = deciding && {
    name: deciding.name,
    baseline: deciding.baseline,
    candidate: deciding.candidate,
  };
  return {
    ...{ id, verdict, reason_code, at_window },
    reason: reason.slice(0, longest),
    ...(metric === undefined ? {} : { metric }),
  };
}
