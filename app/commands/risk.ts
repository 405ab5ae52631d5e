import { decisionDocument } from "../../core/decision/shape.ts";
import { renderComment } from "../../core/render/comment.ts";
import { code } from "../../core/render/escape.ts";
import type { Work } from "../ports.ts";
import { type Answering, did } from "./answer.ts";

/** The explanation of the last decision for the head; where there is none, one is made. */
export const risk: Answering<"risk"> = async (_, { said, place, work }) => {
  const { sha } = place.pull.head;
  const decision = await lastDecision(work, said.repository, sha);
  if (decision) return did(renderComment(decision, { marker: "", commands: true }).trim());
  return did(`There is no decision for ${code(sha)} yet: it is being scored now.`, true);
};

export async function lastDecision(work: Work, repository: string, sha: string) {
  const [row] = await work.database.query(
    "select document from decisions where repository = $1 and head = $2 order by decided_at desc limit 1",
    [repository, sha],
  );
  return decisionDocument.safeParse(row?.document).data;
}
