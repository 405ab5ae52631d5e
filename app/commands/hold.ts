import { holdOf } from "../../core/evidence/holds.ts";
import { code, inline } from "../../core/render/escape.ts";
import { isOfComment, recordMissing } from "../record.ts";
import { type Answering, did } from "./answer.ts";
import { refusedToWrite } from "./permission.ts";

/** Anyone with write may stop a change. It stays stopped over every push, until somebody says otherwise. */
export const hold: Answering<"hold"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const refused = await refusedToWrite(asking);
  if (refused) return refused;
  const about = { repository: said.repository, pull_request: said.number };
  const { name, version } = place.gathered.policy;
  const body = {
    ...about,
    ...{ reason: command.reason, comment: said.id },
    ...{ head_sha: place.pull.head.sha, policy: { name, ...version } },
  };
  const { events } = await recordMissing(work, said.repository, (known) =>
    known.some((event) => isOfComment(event, "hold", said.id)) ? [] : [{ kind: "hold", actor: person, body }],
  );
  const standing = holdOf(events, about, { trusted: true });
  const reason = inline(standing?.reason ?? command.reason, 600);
  return did(
    `Held by ${code(`@${standing?.actor ?? person}`)}: ${reason}\n\n\`/unhold\` lets it go on.`,
    true,
  );
};
