import type { DecisionBody } from "../../core/decision/shape.ts";
import type { PolicyBundle } from "../../core/policy/schema.ts";
import type { Ledger } from "../../core/ports.ts";
import { carriedApprovals } from "./carried.ts";
import type { GitHubClient } from "./client.ts";
import { type ApprovalSources, type Standing, standingApprovals } from "./standing-approvals.ts";
import type { Subject } from "./subject.ts";

/** True where this commit was let into the body's environment before, on the App's own record. */
export type IsTrustedBase = (sha: string) => Promise<boolean>;

/**
 * The approvals of the commit itself; for a release or a merge group that has too few, those of the pull requests that
 * it is made of, or the sentence that says why they do not carry. A release begins at the last deployment, which anyone
 * who may push can write: only a base that the App itself let through hides no commit.
 */
export async function standingOrCarried(
  client: GitHubClient,
  ledger: Ledger,
  subject: Subject,
  body: DecisionBody,
  policy: PolicyBundle,
  isTrustedBase: IsTrustedBase,
  owners: readonly string[] = [],
  sources: ApprovalSources = {},
): Promise<Standing> {
  const own = await standingApprovals(client, ledger, subject, body, policy, owners, sources);
  const needed = body.approvals_needed ?? 1;
  const people = new Set(own.approvals.map(({ actor }) => actor.toLowerCase())).size;
  const base = body.subject.base ?? subject.base;
  if (subject.kind === "change" || people >= needed || base === undefined) return own;
  if (subject.kind === "release" && !(await isTrustedBase(base))) {
    const sentence = `No approval carries over: ${base.slice(0, 12)}, where the release begins, was not let through by this App.`;
    return { approvals: own.approvals, problems: [...own.problems, sentence] };
  }
  const ofChange: DecisionBody = { ...body, subject: { ...body.subject, kind: "change" } };
  const problems: string[] = [];
  const carried = await carriedApprovals(client, { ...subject, base }, needed, async (head) => {
    const found = await standingApprovals(
      client,
      ledger,
      { ...subject, head },
      ofChange,
      policy,
      owners,
      sources,
    );
    problems.push(...found.problems);
    return found.approvals;
  });
  return carried.carried
    ? { approvals: [...own.approvals, ...carried.approvals], problems: own.problems }
    : { approvals: own.approvals, problems: [...new Set([...own.problems, ...problems, carried.sentence])] };
}
