import { inline } from "../../core/render/escape.ts";
import { isOfComment, recordMissing } from "../record.ts";
import { type Answering, did } from "./answer.ts";
import { refusedToWrite } from "./permission.ts";

/** What people say of a score, for the next ones to learn from; of those who may write, so that nobody else teaches it. */
export const riskWrong: Answering<"risk-wrong"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const refused = await refusedToWrite(asking);
  if (refused) return refused;
  const { body: decision } = await place.askedFor(place.environment);
  const { version, state, probability } = decision.model ?? {};
  const body = {
    verdict: "wrong",
    reason: command.reason,
    repository: said.repository,
    pull_request: said.number,
    head_sha: place.pull.head.sha,
    comment: said.id,
    ...{ decision: decision.decision_id, risk_score: decision.risk_score, environment: place.environment },
    // What the model said stands beside it in the shadow report, whether or not it was shown.
    ...(version === undefined || probability === undefined ? {} : { model: { version, state, probability } }),
  };
  await recordMissing(work, said.repository, (known) =>
    known.some((event) => isOfComment(event, "feedback", said.id))
      ? []
      : [{ kind: "feedback", actor: person, body }],
  );
  return did(
    `The score ${decision.risk_score} is wrong: ${inline(command.reason, 600)}\n\nIt is recorded, and changes nothing by itself.`,
  );
};
