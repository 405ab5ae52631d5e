import { exitCodes, UserError } from "../../core/errors.ts";
import { type Rollouts, unfinished } from "../../core/rollout/fold-stream.ts";
import { printable } from "../io.ts";
import { nothingMoved, type RolloutResult } from "../rollout/result.ts";

/**
 * A job that names its decision takes back what follows it and nothing else: what somebody else has brought since stays,
 * and so does the version behind one that came back already. An answer, where nothing is left to be done.
 */
export function ofDecision(id: string, rollouts: Rollouts): RolloutResult | undefined {
  const [wanted = ""] = id.split("/", 1);
  const last = unfinished(rollouts) ?? [...rollouts.values()].at(-1);
  if (last === undefined || last.plan.decision_id !== wanted)
    throw new UserError(
      "other-decision",
      `${last === undefined ? "No rollout here follows" : `${last.plan.rollout}, the last rollout here, does not follow`} decision ${printable(wanted)}: nothing of it is there to be taken back. Leave \`decision-id\` out to take back whatever there is.`,
      exitCodes.blocked,
    );
  const { doing, plan } = last;
  if (doing.kind !== "ended" || doing.outcome !== "rolled-back") return undefined;
  const sentence = `${plan.rollout} of decision ${printable(wanted)} was taken back already.`;
  return nothingMoved("already-there", sentence, plan.stable?.id ?? "");
}
