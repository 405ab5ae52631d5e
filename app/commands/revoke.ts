import { eventsOfKinds } from "../../adapters/ledgers/sql-kinds.ts";
import { type ApprovalPointer, foldApprovals, identity } from "../../core/evidence/approvals.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { changesStream } from "../../core/evidence/stream.ts";
import { code } from "../../core/render/escape.ts";
import { isOfComment, recordMissing } from "../record.ts";
import { type Answering, did, refuse } from "./answer.ts";
import type { Said } from "./event.ts";
import { refusedToWrite } from "./permission.ts";

/** By whoever gave the approval, or by anyone who may approve: taking back is the careful direction. */
export const revoke: Answering<"revoke-approval"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const ledger = work.ledger(said.repository);
  const { events: before } = await eventsOfKinds(work.database, said.repository, ledger, [
    "approval",
    "revocation",
  ]).read(changesStream);
  const environments = new Set(
    standingOf(before, said, place.pull.head.sha).map((pointer) => pointer.environment),
  );
  const refusals = await Promise.all(
    [...environments].map(async (environment) => {
      const { asked } = await place.askedFor(environment);
      return [environment, await refusedToWrite(asking, asked)] as const;
    }),
  );
  const refused = new Map(refusals);
  const isOwn = ({ actor }: ApprovalPointer) => actor.toLowerCase() === person.toLowerCase();
  const mayRevoke = (pointer: ApprovalPointer) => isOwn(pointer) || !refused.get(pointer.environment);
  const { events } = await recordMissing(work, said.repository, (known) => {
    if (known.some((event) => isOfComment(event, "revocation", said.id))) return [];
    const pointers = standingOf(known, said, place.pull.head.sha).filter(mayRevoke);
    return unique(pointers).map((pointer) => revocation(pointer, said, person, command.reason ?? "revoked"));
  });
  const mine = events.filter((event) => isOfComment(event, "revocation", said.id));
  if (mine.length > 0) {
    const what = mine.length === 1 ? "The approval is" : `${mine.length} approvals are`;
    return did(
      `${what} revoked by ${code(`@${person}`)}. It cannot be brought back; a new one can be given.`,
      true,
    );
  }
  const refusal = refusals.find(([, answer]) => answer)?.[1];
  return refusal ?? refuse("nothing-to-revoke", `No approval of ${place.pull.head.sha} stands.`);
};

function standingOf(events: readonly LedgerEvent[], said: Said, head: string): ApprovalPointer[] {
  return foldApprovals(events).standing.flatMap(({ pointer }) =>
    pointer.pull_request === said.number && pointer.head_sha === head ? [pointer] : [],
  );
}

/** One object may approve several environments, and is revoked once. */
export function unique(pointers: readonly ApprovalPointer[]): ApprovalPointer[] {
  return [...new Map(pointers.map((pointer) => [identity(pointer), pointer])).values()];
}

/** The comment or review that said so, by which the same delivery is known again. */
export function sourceOf({ kind, id }: Pick<Said, "kind" | "id">): { comment: number } | { review: number } {
  return kind === "comment" ? { comment: id } : { review: id };
}

export function revocation(pointer: ApprovalPointer, said: Said, actor: string, reason: string) {
  const { kind, repository, id, pull_request, head_sha, environment } = pointer;
  return {
    kind: "revocation" as const,
    actor,
    body: {
      pointer: { kind, repository, id },
      ...{ pull_request, head_sha, environment, reason, ...sourceOf(said) },
    },
  };
}
