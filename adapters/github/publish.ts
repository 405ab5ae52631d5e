import type { Decision } from "../../core/decision/shape.ts";
import { UserError } from "../../core/errors.ts";
import type { CheckAction } from "../../core/render/actions.ts";
import { renderCheck } from "../../core/render/check.ts";
import { renderComment } from "../../core/render/comment.ts";
import type { RenderOptions } from "../../core/render/options.ts";
import { checkName, writeCheck } from "./check.ts";
import type { GitHubClient } from "./client.ts";
import { actionMarker, type StickyComment, writeStickyComment } from "./comment.ts";
import { actionCheck } from "./places.ts";
import type { Subject } from "./subject.ts";
import { isTransient } from "./transient.ts";

/** What was found before writing, and the names to write under. */
export type Before = {
  defaultBranch: string;
  sticky?: StickyComment;
  /** Why the comments could not be listed: writing one blindly could repeat it. */
  unlisted?: string;
  checkRun?: number;
  marker?: string;
  check?: string;
};

/** What the App tells beside the decision; the Action tells nothing. */
export type Told = Omit<RenderOptions, "baseBranch" | "localCommand"> & {
  /** A policy in shadow posts nothing: neither comment nor check. */
  silentInShadow?: boolean;
  /** Buttons on the check. */
  actions?: readonly CheckAction[];
  /** The asker tries again as a whole: what failed for now is thrown, and no sentence. */
  again?: boolean;
};

/**
 * Check and comment together: the second and last round trip. A merge group has no comments, so that only its check is
 * written. What could not be written comes back as sentences.
 */
export async function publish(
  client: GitHubClient,
  subject: Subject,
  decision: Decision,
  before: Before,
  { silentInShadow, actions, again, ...told }: Told = {},
): Promise<string[]> {
  if (silentInShadow && decision.mode === "shadow")
    return retire(
      client,
      subject,
      before,
      "The policy is in shadow: nothing is asked here any more.",
      decision.decided_at,
      again,
    );
  const options = {
    ...told,
    baseBranch: subject.baseBranch,
    localCommand: `npx adaptive-deploy decide --base ${subject.baseBranch}`,
  };
  const { conclusion, ...output } = renderCheck(decision, options);
  const body = renderComment(decision, { ...options, marker: before.marker ?? actionMarker });
  const name = checkName(before.check ?? actionCheck, subject, subject.defaultBranch ?? before.defaultBranch);
  const check = {
    name,
    output,
    ...(told.settling?.provisional ? {} : { completed: { conclusion, at: decision.decided_at } }),
    ...(actions ? { actions } : {}),
  };
  const writes: Promise<void>[] = [writeCheck(client, subject, check, before.checkRun)];
  if (subject.pullRequest && before.unlisted === undefined) {
    writes.push(writeStickyComment(client, subject, subject.pullRequest.number, body, before.sticky));
  }
  const failed = await written(writes, again);
  return before.unlisted === undefined ? failed : [`No comment was written. ${before.unlisted}`, ...failed];
}

/**
 * What an earlier policy wrote and this one would not: a check that is required and red would stop the change for ever.
 * Where nothing stands, nothing is written.
 */
export async function retire(
  client: GitHubClient,
  subject: Subject,
  before: Before,
  sentence: string,
  at: string,
  again = false,
): Promise<string[]> {
  const name = checkName(before.check ?? actionCheck, subject, subject.defaultBranch ?? before.defaultBranch);
  const check = {
    name,
    output: { title: "Nothing is asked here", summary: sentence },
    completed: { conclusion: "neutral" as const, at },
    actions: [],
  };
  const writes: Promise<void>[] = [];
  if (before.checkRun !== undefined) writes.push(writeCheck(client, subject, check, before.checkRun));
  if (before.sticky && subject.pullRequest) {
    const body = `${before.marker ?? actionMarker}\n${sentence}\n`;
    writes.push(writeStickyComment(client, subject, subject.pullRequest.number, body, before.sticky));
  }
  return written(writes, again);
}

/** What could not be written, each a sentence; where the asker tries again, what failed for now is thrown. */
async function written(writes: readonly Promise<void>[], again = false): Promise<string[]> {
  const settled = await Promise.allSettled(writes);
  return settled.flatMap((one) => {
    if (one.status === "fulfilled") return [];
    if (one.reason instanceof UserError && !(again && isTransient(one.reason))) return [one.reason.message];
    throw one.reason;
  });
}
