import { approvalsIn } from "../../core/commands/parse.ts";
import { foldApprovals } from "../../core/evidence/approvals.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { code } from "../../core/render/escape.ts";
import type { AppIdentity, Work } from "../ports.ts";
import { recordMissing } from "../record.ts";
import type { Said } from "./event.ts";
import { reply } from "./reply.ts";
import { revocation, unique } from "./revoke.ts";

/**
 * A comment that approved something was edited or deleted: what it said is no longer what was recorded. Its approval
 * would not be believed any more in any case; the ledger says so, and the person hears of it. True where one was void.
 */
export async function voidApprovals(said: Said, work: Work, identity: AppIdentity): Promise<boolean> {
  const text = said.action === "deleted" ? said.body : said.was;
  // Most comments that are edited never approved anything, and the ledger is long.
  if (text !== undefined && approvalsIn(text).length === 0) return false;
  const { events: before } = await work.ledger(said.repository).read(changesStream);
  const wasGiven = before.some((event) => event.kind === "approval" && event.body.comment === said.comment);
  if (!wasGiven) return false;
  const why = said.action === "deleted" ? "the comment was deleted" : "the comment was edited";
  const { events } = await recordMissing(work, said.repository, (known) =>
    unique(givenBy(known, said.comment)).map((pointer) => revocation(pointer, said, pointer.actor, why)),
  );
  if (!events.some((event) => event.kind === "revocation" && event.body.comment === said.comment))
    return false;
  const actor = said.person === null ? "" : ` of ${code(`@${said.person}`)}`;
  await reply(
    { said, work, identity },
    `The approval${actor} is void, because ${why}. Write a new comment.`,
    "void",
  );
  return true;
}

function givenBy(events: readonly LedgerEvent[], comment: number) {
  return foldApprovals(events).standing.flatMap(({ pointer }) =>
    pointer.kind === "comment" && pointer.id === comment ? [pointer] : [],
  );
}
