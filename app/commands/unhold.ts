import { holdOf } from "../../core/evidence/holds.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { code } from "../../core/render/escape.ts";
import { isOfComment, recordMissing } from "../record.ts";
import { type Answering, did, refuse } from "./answer.ts";
import { refusedToWrite } from "./permission.ts";

/** Whoever held it, or anyone with write but the author: nobody overrules a hold on their own change. */
export const unhold: Answering<"unhold"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const refused = await refusedToWrite(asking);
  if (refused) return refused;
  const about = { repository: said.repository, pull_request: said.number };
  const ledger = work.ledger(said.repository);
  const { events: before } = await ledger.read(changesStream);
  const isDone = before.some((event) => isOfComment(event, "hold-release", said.id));
  const standing = holdOf(before, about, { trusted: true });
  if (!isDone && !standing) return refuse("not-held", "Nothing is held here.");
  const isAuthor = place.pull.user?.login.toLowerCase() === person.toLowerCase();
  if (!isDone && isAuthor && standing?.actor.toLowerCase() !== person.toLowerCase()) {
    return refuse(
      "actor-is-author",
      `${person} wrote the change, and ${standing?.actor ?? "somebody else"} holds it. Who may: whoever held it, or anyone else who may write.`,
    );
  }
  await recordMissing(work, said.repository, (known) =>
    known.some((event) => isOfComment(event, "hold-release", said.id)) ||
    !holdOf(known, about, { trusted: true })
      ? []
      : [
          {
            kind: "hold-release",
            actor: person,
            body: { ...about, comment: said.id, ...(command.reason ? { reason: command.reason } : {}) },
          },
        ],
  );
  return did(`${code(`@${person}`)} lifted the hold.`, true);
};
