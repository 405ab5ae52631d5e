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
import { optional } from "../../core/optional.ts";
import { code, inline } from "../../core/render/escape.ts";
import { momentWords } from "../../core/render/sentences.ts";
import { recordMissing } from "../record.ts";
import { unknownForNow } from "../standing.ts";
import { type Answer, type Answering, type Asking, did, refuse } from "./answer.ts";
import { sourceOf } from "./revoke.ts";

/** Binds the head as GitHub has it now; what is recorded is a pointer, and is asked of GitHub again when it is used. */
export const approve: Answering<"approve-risk"> = async (command, asking) => {
  const { said, person, place, work } = asking;
  const { pull } = place;
  if (pull.state !== "open" && !pull.merged_at) {
    const sentence = "The pull request was closed without being merged: there is nothing to approve.";
    return refuse("pull-request-closed", sentence);
  }
  const moved = await movedSince(command.sha, asking);
  if (moved) return moved;
  const environment = command.environment ?? place.environment;
  const { body, asked } = await place.askedFor(environment);
  const pointer: ApprovalPointer = {
    kind: said.kind,
    repository: said.repository,
    id: said.id,
    pull_request: said.number,
    head_sha: pull.head.sha,
    environment,
    actor: person,
    base_branch: pull.base.ref,
    ...optional("merge_base", body.subject.base),
  };
  const verified = await verifyApproval(work.client, pointer, {
    repository: said.repository,
    headSha: pull.head.sha,
    environment,
    asked,
    now: work.now,
    teams: teamMembership(work.client),
    trustedLedger: true,
    defaultEnvironment: place.environment,
  });
  if (!verified.valid) {
    if (verified.reason === "unavailable") throw unknownForNow(verified.sentence);
    const names = verified.sentence.includes("Who may:") ? "" : ` Who may: ${whoMayApprove(asked)}.`;
    return refuse(verified.reason, `${verified.sentence}${names}`);
  }
  const { policy_version: policy, decision_id: decision } = body;
  const written = {
    kind: "approval" as const,
    actor: person,
    body: { pointer, reason: command.reason, ...sourceOf(said), policy, decision },
  };
  const { events } = await recordMissing(work, said.repository, (known) =>
    known.some((event) => isSame(event, pointer)) ? [] : [written],
  );
  const people = new Set(
    pointersFor(foldApprovals(events), pointer.head_sha, environment).map(({ actor }) => actor.toLowerCase()),
  );
  const { until } = verified.approval;
  const { reason } = command;
  return did(
    approvedText(asking, { environment, reason, people: people.size, body, ...optional("until", until) }),
    true,
  );
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

/**
 * A comment says nothing of commits, so one that is older than the last push cannot have meant it. After a merge there
 * is no push any more.
 */
async function movedSince(
  named: string | undefined,
  { said, place, work }: Asking,
): Promise<Answer | undefined> {
  const { head, merged_at: mergedAt } = place.pull;
  const { sha, ref: branch, repo } = head;
  const remedy = `Look at ${sha} and write the command again.`;
  const meant = [named, said.commit].filter((one) => one !== undefined);
  const other = meant.find((one) => one !== sha);
  if (other !== undefined) return refuse("other-head", `The head is ${sha}, and not ${other}. ${remedy}`);
  if (meant.length > 0 || (mergedAt && said.at > new Date(mergedAt))) return undefined;
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
  until?: string;
  body: { needs_approval: boolean; allowed: boolean; approvals_needed?: number | undefined };
};

function approvedText(
  { said, person, place }: Asking,
  { environment, reason, people, until, body }: Approved,
): string {
  const sha = place.pull.head.sha;
  const needed = body.approvals_needed ?? 1;
  const count = body.needs_approval && needed > 1 ? ` That makes ${people} of ${needed}.` : "";
  const blocked = !body.needs_approval && !body.allowed;
  const but = blocked ? " Something else blocks the change, and no approval lifts that." : "";
  const holds = until === undefined ? "" : ` It holds until ${momentWords(until)}.`;
  return (
    `${code(`@${person}`)} approved ${code(sha)} for ${code(environment)}: ${inline(reason, 600)}\n\n` +
    `It is recorded.${holds}${count}${but} A push, another base, an edit of the ${said.kind} or \`/revoke-approval\` voids it.`
  );
}
