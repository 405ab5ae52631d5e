import { type Asked, askedOf } from "../../core/approval/asked.ts";
import { mightApprove } from "../../core/approval/may-approve.ts";
import type { Approval, DecisionBody, ReasonCode, RefusedApproval } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { foldApprovals, pointersFor } from "../../core/evidence/approvals.ts";
import { optional } from "../../core/optional.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { streamsOf } from "../ledgers/record-decision.ts";
import type { ApprovalRefusal, ApprovalUse } from "./approval-objects.ts";
import { verifyApproval } from "./approvals.ts";
import type { GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";
import { mayPass } from "./transient.ts";

/** What counts, what was given and does not, and why nothing more could be found out. */
export type Standing = {
  approvals: Approval[];
  refused: RefusedApproval[];
  problems: string[];
  /** Something could not be asked just now, by a fault that passes: the same ledger may say more later. */
  isIncomplete?: true;
};

/** What a job's token lacks and the App has: who is in a team, and a ledger that nobody else writes. */
export type ApprovalSources = Pick<ApprovalUse, "now" | "teams" | "trustedLedger" | "defaultEnvironment">;

/** Of which pull request, on top of which commit, an approval has to be; a release or a group may be of none. */
export type Of = Pick<ApprovalUse, "pullRequest" | "mergeBase">;

function ofChange({ kind, pullRequest }: Subject, body: DecisionBody): Of {
  if (kind !== "change") return {};
  return { ...optional("pullRequest", pullRequest?.number), ...optional("mergeBase", body.subject.base) };
}

/** The approvals of this very head and environment that the ledger points to, each asked of GitHub again. */
export async function standingApprovals(
  client: GitHubClient,
  ledger: Ledger,
  subject: Subject,
  body: DecisionBody,
  policy: PolicyBundle,
  owners: readonly string[],
  sources: ApprovalSources,
  { pullRequest, mergeBase }: Of = ofChange(subject, body),
): Promise<Standing> {
  try {
    const chains = await Promise.all(streamsOf(body).map((stream) => ledger.read(stream)));
    const fault = chains.find((chain) => chain.fault)?.fault;
    if (fault) return nothing(`No approval counts: ${fault.sentence}`);
    const pointers = chains.flatMap((chain) =>
      pointersFor(foldApprovals(chain.events), subject.head, body.environment),
    );
    const asked = askedOf(body, policy, owners);
    const use = {
      repository: `${subject.owner}/${subject.name}`,
      headSha: subject.head,
      environment: body.environment,
      asked,
      ...optional("pullRequest", pullRequest),
      ...optional("mergeBase", mergeBase),
      ...sources,
    };
    const verified = await Promise.all(
      pointers
        .filter(({ actor }) => mightApprove(actor, asked, sources.teams !== undefined))
        .map((pointer) => verifyApproval(client, pointer, use)),
    );
    return {
      approvals: verified.flatMap((one) => (one.valid ? [one.approval] : [])),
      refused: verified.flatMap((one) =>
        one.valid
          ? []
          : [
              {
                reason_code: codeOf(one.reason),
                sentence: `An approval does not count: ${one.sentence}`,
              },
            ],
      ),
      problems: sources.teams ? [] : teamSentence(asked),
      ...(verified.some((one) => !one.valid && one.reason === "unavailable") ? { isIncomplete: true } : {}),
    };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const found = nothing(`No approval counts: ${error.message}`);
    return mayPass(error) ? { ...found, isIncomplete: true } : found;
  }
}

function nothing(problem: string): Standing {
  return { approvals: [], refused: [], problems: [problem] };
}

/** Most reasons concern one person's words, and their sentence tells them apart. */
function codeOf(reason: ApprovalRefusal): ReasonCode {
  return reason === "approval-expired" ? reason : "approval-not-counted";
}

function teamSentence(asked: readonly Asked[]): string[] {
  const teams = asked.flatMap((one) => one.teams);
  if (teams.length === 0) return [];
  const named = [...new Set(teams)].slice(0, 3).join(", ");
  return [`Who is in a team cannot be asked with this token, so being in ${named} makes nobody an approver.`];
}
