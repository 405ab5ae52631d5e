import { exitCodes, UserError } from "../../core/errors.ts";
import type { RolloutPorts } from "./ports.ts";
import type { Prepared } from "./prepare.ts";

/**
 * Whether the decision lets the rollout begin now. What blocks is no matter of patience; an approval is looked up at
 * this moment, wherever it was recorded. An advisory decision that asks for one is said and not waited for.
 */
export async function mayBegin(
  { decision, answer, place }: Pick<Prepared, "decision" | "answer" | "place">,
  waitSeconds: number,
  ports: Pick<RolloutPorts, "waitForStart" | "warn">,
): Promise<void> {
  if (answer.mode === "shadow") return;
  const block = answer.gates.find(({ verdict }) => verdict === "block");
  if (block !== undefined)
    throw new UserError(
      block.reason_code,
      `The decision ${decision.decision_id} does not let ${place.service} go to ${place.environment}: ${block.sentence}`,
      exitCodes.blocked,
    );
  if (answer.allowed || !answer.needs_approval) return;
  if (answer.mode === "advisory") {
    ports.warn(
      `The decision ${decision.decision_id} asks for an approval; it is advisory, so the rollout begins without.`,
    );
    return;
  }
  const waited = await ports.waitForStart(decision, answer, waitSeconds);
  if (waited?.ended === undefined) return;
  const { reason, sentence } = waited.ended;
  throw new UserError(reason, `${sentence} Run the job again once it is given.`, exitCodes.needsApproval);
}
