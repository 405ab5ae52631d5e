import { type Asked, askedOf } from "../../core/approval/asked.ts";
import { mightApprove } from "../../core/approval/may-approve.ts";
import type { Approval, DecisionBody } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { foldApprovals, pointersFor } from "../../core/evidence/approvals.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { streamsOf } from "../ledgers/record-decision.ts";
import type { ApprovalUse } from "./approval-objects.ts";
import { verifyApproval } from "./approvals.ts";
import type { GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";

export type Standing = { approvals: Approval[]; problems: string[] };

/** What a job's token lacks and the App has: who is in a team, and a ledger that nobody else writes. */
export type ApprovalSources = Pick<ApprovalUse, "teams" | "trustedLedger" | "defaultEnvironment">;

/** The approvals of this very head and environment that the ledger points to, each asked of GitHub again. */
export async function standingApprovals(
  client: GitHubClient,
  ledger: Ledger,
  subject: Subject,
  body: DecisionBody,
  policy: PolicyBundle,
  owners: readonly string[] = [],
  sources: ApprovalSources = {},
): Promise<Standing> {
  try {
    const chains = await Promise.all(streamsOf(body).map((stream) => ledger.read(stream)));
    const fault = chains.find((chain) => chain.fault)?.fault;
    if (fault) return { approvals: [], problems: [`No approval counts: ${fault.sentence}`] };
    const pointers = chains.flatMap((chain) =>
      pointersFor(foldApprovals(chain.events), subject.head, body.environment),
    );
    const asked = askedOf(body, policy, owners);
    const use = {
      repository: `${subject.owner}/${subject.name}`,
      headSha: subject.head,
      environment: body.environment,
      asked,
      ...sources,
    };
    const verified = await Promise.all(
      pointers
        .filter(({ actor }) => mightApprove(actor, asked, sources.teams !== undefined))
        .map((pointer) => verifyApproval(client, pointer, use)),
    );
    return {
      approvals: verified.flatMap((one) => (one.valid ? [one.approval] : [])),
      problems: [
        ...verified.flatMap((one) => (one.valid ? [] : [`An approval does not count: ${one.sentence}`])),
        ...(sources.teams ? [] : teamSentence(asked)),
      ],
    };
  } catch (error) {
    if (error instanceof UserError)
      return { approvals: [], problems: [`No approval counts: ${error.message}`] };
    throw error;
  }
}

function teamSentence(asked: readonly Asked[]): string[] {
  const teams = asked.flatMap((one) => one.teams);
  if (teams.length === 0) return [];
  const named = [...new Set(teams)].slice(0, 3).join(", ");
  return [`Who is in a team cannot be asked with this token, so being in ${named} makes nobody an approver.`];
}
