import { verifyApproval } from "../../adapters/github/approvals.ts";
import { headSince } from "../../adapters/github/head-since.ts";
import { teamMembership } from "../../adapters/github/team-membership.ts";
import { whoMayApprove } from "../../core/approval/who-may.ts";
import {
  type ApprovalPointer,
  approvalBody,
  foldApprovals,
  identity,
  pointersFor,
} from "../../core/evidence/approvals.ts";
import type { LedgerEvent } from "../../core/evidence/event.ts";
import { code, inline } from "../../core/render/escape.ts";
import { recordMissing } from "../record.ts";
import { type Answer, type Answering, type Asking, did, refuse } from "./answer.ts";

/** Binds the head as GitHub has it now; what is recorded is a pointer, and is asked of GitHub again when it is used. */
export const approve: Answering<"approve-risk"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const { pull } = place;
  if (pull.state !== "open")
    return refuse("pull-request-closed", "The pull request is closed: there is nothing to approve.");
  const moved = await movedSince(command.sha, asking);
  if (moved) return moved;
  const environment = command.environment ?? place.environment;
  const { body, asked } = await place.askedFor(environment);
  const pointer: ApprovalPointer = {
    kind: "comment",
    repository: said.repository,
    id: said.comment,
    pull_request: said.number,
    head_sha: pull.head.sha,
    environment,
    actor: person,
    base_branch: pull.base.ref,
  };
  const verified = await verifyApproval(work.client, pointer, {
    repository: said.repository,
    headSha: pull.head.sha,
    environment,
    asked,
    teams: teamMembership(work.client),
    trustedLedger: true,
    defaultEnvironment: place.environment,
  });
  if (!verified.valid) {
    const names = verified.sentence.includes("Who may:") ? "" : ` Who may: ${whoMayApprove(asked)}.`;
    return refuse(verified.reason, `${verified.sentence}${names}`);
  }
  const { policy_version: policy, decision_id: decision } = body;
  const written = {
    kind: "approval" as const,
    actor: person,
    body: { pointer, reason: command.reason, comment: said.comment, policy, decision },
  };
  const { events } = await recordMissing(work, said.repository, (known) =>
    known.some((event) => isSame(event, pointer)) ? [] : [written],
  );
  const people = new Set(
    pointersFor(foldApprovals(events), pointer.head_sha, environment).map(({ actor }) => actor.toLowerCase()),
  );
  return did(approvedText(asking, { environment, reason: command.reason, people: people.size, body }), true);
};

function isSame(event: LedgerEvent, pointer: ApprovalPointer): boolean {
  const body = event.kind === "approval" ? approvalBody.safeParse(event.body).data : undefined;
  return (
    body !== undefined &&
    identity(body.pointer) === identity(pointer) &&
    body.pointer.head_sha === pointer.head_sha &&
    body.pointer.environment === pointer.environment
  );
}

/** A comment says nothing of commits, so one that is older than the last push cannot have meant it. */
async function movedSince(
  named: string | undefined,
  { said, place, work }: Asking,
): Promise<Answer | undefined> {
  const { sha, ref: branch, repo } = place.pull.head;
  const remedy = `Look at ${sha} and write the command again.`;
  if (named !== undefined) {
    return named === sha
      ? undefined
      : refuse("other-head", `The head is ${sha}, and not ${named}. ${remedy}`);
  }
  const since = await headSince(work.client, { repository: repo?.full_name ?? null, branch, sha });
  if (since === undefined) {
    const text = `GitHub does not tell when ${sha} was pushed, so it is not known whether you have seen it.`;
    return refuse("head-time-unknown", `${text} Name it: \`/approve-risk ${sha} <reason>\``);
  }
  // Times have whole seconds: in the same one either may have come first.
  if (since >= said.at) {
    return refuse("head-moved", `The head moved to ${sha} after the comment was written. ${remedy}`);
  }
  return undefined;
}

type Approved = {
  environment: string;
  reason: string;
  people: number;
  body: { needs_approval: boolean; allowed: boolean; approvals_needed?: number | undefined };
};

function approvedText({ person, place }: Asking, { environment, reason, people, body }: Approved): string {
  const sha = place.pull.head.sha;
  const needed = body.approvals_needed ?? 1;
  const count = body.needs_approval && needed > 1 ? ` That makes ${people} of ${needed}.` : "";
  const blocked = !body.needs_approval && !body.allowed;
  const but = blocked ? " Something else blocks the change, and no approval lifts that." : "";
  return (
    `${code(`@${person}`)} approved ${code(sha)} for ${code(environment)}: ${inline(reason, 600)}\n\n` +
    `It is recorded.${count}${but} A push, another base, an edit of the comment or \`/revoke-approval\` voids it.`
  );
}
