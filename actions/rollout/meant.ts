import { exitCodes, UserError } from "../../core/errors.ts";
import type { Ledger } from "../../core/ports.ts";
import type { NewPlan } from "../../core/rollout/plan.ts";
import { decisionNamed } from "./decision.ts";
import type { Prepared } from "./prepare.ts";

type Meant = Pick<Prepared, "decision" | "answer"> & {
  plan: Pick<NewPlan, "candidate" | "service" | "environment">;
};

type Around = { ledger: Ledger; commit?: string; ownFiles?: boolean; warn(sentence: string): void };

/** Whether the decision is about what goes out; what an advisory one is not about is said. */
export async function requireMeant(
  { decision, answer, plan }: Meant,
  { ledger, commit, ownFiles = false, warn }: Around,
): Promise<void> {
  if (answer.mode === "shadow") return;
  const { candidate, head } = decision.subject;
  const wrong: { code: string; sentence: string }[] = [];
  if (candidate !== undefined && candidate !== plan.candidate.id)
    wrong.push({
      code: "other-candidate",
      sentence: `The decision ${decision.decision_id} is about ${candidate}, and ${plan.candidate.id} is to go out. Decide about that one.`,
    });
  if (head !== undefined && commit !== undefined && head !== commit)
    wrong.push({
      code: "other-commit",
      sentence: `The decision ${decision.decision_id} is about ${head.slice(0, 12)}, and this run is at ${commit.slice(0, 12)}. Decide about this commit, or run at that one.`,
    });
  const [first] = wrong;
  if (answer.mode !== "enforced") {
    for (const { sentence } of wrong) warn(sentence);
    return;
  }
  if (first !== undefined) throw new UserError(first.code, first.sentence, exitCodes.blocked);
  // In a job a file is anybody's: what counts is what the ledger holds under the name.
  if (!ownFiles) await decisionNamed(ledger, decision.decision_id, plan);
}
