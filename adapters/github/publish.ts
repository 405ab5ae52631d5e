import type { Decision } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import { renderCheck } from "../../core/render/check.ts";
import { renderComment } from "../../core/render/comment.ts";
import { checkName, writeCheck } from "./check.ts";
import type { GitHubClient } from "./client.ts";
import { actionMarker, type StickyComment, writeStickyComment } from "./comment.ts";
import type { Subject } from "./subject.ts";

/** Check and comment together: the second and last round trip. What could not be written comes back as sentences. */
export async function publish(
  client: GitHubClient,
  subject: Subject,
  decision: Decision,
  before: { sticky?: StickyComment; defaultBranch: string; marker?: string; check?: string },
): Promise<string[]> {
  const options = {
    baseBranch: subject.baseBranch,
    localCommand: `npx adaptive-deploy decide --base ${subject.baseBranch}`,
  };
  const { conclusion, ...output } = renderCheck(decision, options);
  const body = renderComment(decision, { ...options, marker: before.marker ?? actionMarker });
  const writes: Promise<void>[] = [
    writeCheck(
      client,
      subject,
      checkName(before.check ?? "adaptive-deploy/decide", subject, before.defaultBranch),
      conclusion,
      output,
    ),
  ];
  if (subject.pullRequest) {
    writes.push(writeStickyComment(client, subject, subject.pullRequest.number, body, before.sticky));
  }
  const settled = await Promise.allSettled(writes);
  return settled.flatMap((one) => {
    if (one.status === "fulfilled") return [];
    if (one.reason instanceof UserError) return [one.reason.message];
    throw one.reason;
  });
}
