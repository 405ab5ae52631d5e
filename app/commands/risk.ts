import { renderComment } from "../../core/render/comment.ts";
import { type Answering, did } from "./answer.ts";
import { decisionNow } from "./decision-now.ts";

/** The explanation of the decision on the head as it is now. It changes nothing, so nothing is decided again for it. */
export const risk: Answering<"risk"> = async (_, { place, work }) => {
  const { decision, told } = await decisionNow(place, work);
  return did(renderComment(decision, { ...told, marker: "", commands: true }).trim());
};
