import { approvalsIn } from "../../core/commands/parse.ts";
import { type ApprovalPointer, approvalBody, foldApprovals } from "../../core/evidence/approvals.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { code } from "../../core/render/escape.ts";
import type { AppIdentity, Work } from "../ports.ts";
import { recordMissing } from "../record.ts";
import type { Said } from "./event.ts";
import { reply } from "./reply.ts";
import { revocation, sourceOf, unique } from "./revoke.ts";

/**
 * A comment or review that approved something was edited, deleted or dismissed: what it said is no longer what was
 * recorded. Its approval would not be believed any more in any case; the ledger says so, and the person hears of it.
 * True where one was void.
 */
export async function voidApprovals(said: Said, work: Work, identity: AppIdentity): Promise<boolean> {
  const text = said.action === "edited" ? said.was : said.body;
  // Most comments that are edited never approved anything, and the ledger is long.
  if (text !== undefined && approvalsIn(text).length === 0) return false;
  const { events: before } = await work.ledger(said.repository).read(changesStream);
  const isOurs = (pointer: ApprovalPointer | undefined) =>
    pointer?.kind === said.kind && pointer.id === said.id;
  const wasGiven = before.some(
    (event) => event.kind === "approval" && isOurs(approvalBody.safeParse(event.body).data?.pointer),
  );
  if (!wasGiven) return false;
  const why = `the ${said.kind} was ${said.action}`;
  const { events } = await recordMissing(work, said.repository, (known) => {
    const standing = foldApprovals(known).standing.map(({ pointer }) => pointer);
    return unique(standing.filter(isOurs)).map((pointer) => revocation(pointer, said, pointer.actor, why));
  });
  if (!events.some((event) => isRevokedBy(event, said))) return false;
  const actor = said.person === null ? "" : ` of ${code(`@${said.person}`)}`;
  await reply(
    { said, work, identity },
    `The approval${actor} is void, because ${why}. Write a new ${said.kind}.`,
    "void",
  );
  return true;
}

function isRevokedBy({ kind, body }: LedgerEvent, said: Said): boolean {
  return kind === "revocation" && Object.entries(sourceOf(said)).every(([field, id]) => body[field] === id);
}
