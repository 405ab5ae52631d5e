import { isApproved } from "../../core/decision/envelope.ts";
import type { DecisionBody, RefusedApproval } from "../../core/decision/shape.ts";
import { optional } from "../../core/optional.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { carriedApprovals } from "./carried.ts";
import type { GitHubClient } from "./client.ts";
import { type ApprovalSources, type Standing, standingApprovals } from "./standing-approvals.ts";
import type { Subject } from "./subject.ts";

/** True where a release of the body's environment may begin at this commit, on the App's own record. */
export type IsTrustedBase = (sha: string) => Promise<boolean>;

/**
 * The approvals of the commit itself; for a release or a merge group that has too few, those of the pull requests that
 * it is made of, or the sentence that says why they do not carry. A release begins at the last deployment, which anyone
 * who may push can write: only a base that the App itself let through hides no commit, once it let any through.
 */
export async function standingOrCarried(
  client: GitHubClient,
  ledger: Ledger,
  subject: Subject,
  body: DecisionBody,
  policy: PolicyBundle,
  isTrustedBase: IsTrustedBase,
  owners: readonly string[],
  sources: ApprovalSources,
): Promise<Standing> {
  const own = await standingApprovals(client, ledger, subject, body, policy, owners, sources);
  const needed = body.approvals_needed ?? 1;
  const base = body.subject.base ?? subject.base;
  if (subject.kind === "change" || isApproved(body, own.approvals) || base === undefined) return own;
  if (subject.kind === "release" && !(await isTrustedBase(base))) {
    const sentence = `No approval carries over: ${base.slice(0, 12)}, where the release begins, is not known to have been let through by the App. Somebody who may bypass the rule on GitHub can let it go.`;
    return { ...own, refused: [...own.refused, { reason_code: "approval-not-carried", sentence }] };
  }
  const ofChange: DecisionBody = { ...body, subject: { ...body.subject, kind: "change" } };
  const refused: RefusedApproval[] = [];
  const problems: string[] = [];
  let isIncomplete = own.isIncomplete === true;
  const carried = await carriedApprovals(
    client,
    { ...subject, base },
    needed,
    async (head, pullRequest, mergeBase) => {
      const found = await standingApprovals(
        client,
        ledger,
        { ...subject, head },
        ofChange,
        policy,
        owners,
        sources,
        { pullRequest, ...optional("mergeBase", mergeBase) },
      );
      refused.push(...found.refused);
      problems.push(...found.problems);
      isIncomplete ||= found.isIncomplete === true;
      return found.approvals;
    },
  );
  if (carried.carried) return { ...own, approvals: [...own.approvals, ...carried.approvals] };
  const { reason: reason_code, sentence } = carried;
  return {
    approvals: own.approvals,
    refused: [...own.refused, { reason_code, sentence }, ...refused],
    problems: [...new Set([...own.problems, ...problems])],
    ...(isIncomplete || carried.isIncomplete ? { isIncomplete: true } : {}),
  };
}
