import type { Subject } from "../../adapters/github/subject.ts";
import type { Asked } from "../../core/approval/asked.ts";
import { whoMayApprove } from "../../core/approval/who-may.ts";
import type { DecisionBody } from "../../core/decision/shape.ts";
import { defaultEnvironment } from "../../core/policy/environment.ts";
import { durationWords } from "../../core/render/plan.ts";

/** What is asked of whom, and where: the command names the whole commit, so that nobody approves another. */
export function approvalRequest(
  subject: Subject,
  body: DecisionBody,
  asked: readonly Asked[],
  seconds: number,
): string {
  const { environment, risk_score: score, approvals_needed: needed = 1 } = body;
  const place = environment === defaultEnvironment ? "" : ` environment=${environment}`;
  const command = (sha: string) => `/approve-risk ${sha}${place} <reason>`;
  const count = needed === 1 ? "an approval" : `${needed} approvals`;
  const how = {
    change: `Comment on #${subject.pullRequest?.number} of ${subject.owner}/${subject.name}: ${command(subject.head)}`,
    group: `Comment on each pull request of the merge group: ${command("<its head, the full commit id>")}`,
    release: `Comment on the pull request whose head it is: ${command(subject.head)}`,
  };
  return (
    `The risk is ${score} / 100, so ${environment} needs ${count}. ${how[subject.kind]} — ` +
    `who may: ${whoMayApprove(asked)}. Waiting for ${durationWords(seconds)} at most.`
  );
}
