import { inline } from "../../core/render/escape.ts";
import { isOfComment, recordMissing } from "../record.ts";
import { type Answering, did } from "./answer.ts";
import { refusedToWrite } from "./permission.ts";
import { lastDecision } from "./risk.ts";

/** What people say of a score, for the next ones to learn from; of those who may write, so that nobody else teaches it. */
export const riskWrong: Answering<"risk-wrong"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const refused = await refusedToWrite(asking);
  if (refused) return refused;
  const { sha } = place.pull.head;
  const decision = await lastDecision(work, said.repository, sha);
  const body = {
    verdict: "wrong",
    reason: command.reason,
    repository: said.repository,
    pull_request: said.number,
    head_sha: sha,
    comment: said.comment,
    ...(decision ? { decision: decision.decision_id, risk_score: decision.risk_score } : {}),
  };
  await recordMissing(work, said.repository, (known) =>
    known.some((event) => isOfComment(event, "feedback", said.comment))
      ? []
      : [{ kind: "feedback", actor: person, body }],
  );
  const score = decision ? `The score ${decision.risk_score}` : "The score";
  return did(
    `${score} is wrong: ${inline(command.reason, 600)}\n\nIt is recorded, and changes nothing by itself.`,
  );
};
