import * as z from "zod";
import type { Asked } from "../../core/approval/asked.ts";
import { isPermitted } from "../../core/approval/may-approve.ts";
import { visibleLines } from "../../core/commands/visible.ts";
import { exitCodes, UserError } from "../../core/errors.ts";
import { askPerson } from "./approval-person.ts";
import type { GitHubClient } from "./client.ts";
import { ownerAndName } from "./full-name.ts";
import { mayPass } from "./transient.ts";

/** A word about a rollout, and the comment that it is said to stand in. */
export type SaidInComment = {
  command: string;
  by: string;
  source?: string | undefined;
  /** A comment of before is about another rollout. */
  since: string;
};

const comment = z.looseObject({
  id: z.int(),
  user: z.looseObject({ login: z.string(), type: z.string() }).nullish(),
  body: z.string(),
  created_at: z.string(),
  updated_at: z.string(),
});

/**
 * Whether a comment says so: written by whom the ledger names, unedited, in so many words, and by somebody whom policy
 * accepts now. What GitHub cannot say just now is asked again; everything else that is not found out is a no.
 */
export async function saidInComment(
  client: GitHubClient,
  repository: string,
  { command, by, source, since }: SaidInComment,
  asked: readonly Asked[],
): Promise<boolean> {
  const id = commentId(source, repository);
  if (id === undefined) return false;
  const { owner, name } = ownerAndName(repository);
  try {
    const [answer, person] = await Promise.all([
      client.request("GET /repos/{owner}/{repo}/issues/comments/{comment_id}", {
        ...{ owner, repo: name, comment_id: id },
      }),
      askPerson(client, { owner, name }, by, asked),
    ]);
    const found = comment.parse(answer.data);
    const isTheirs = found.user?.type === "User" && found.user.login.toLowerCase() === by.toLowerCase();
    const isUnedited = found.id === id && found.updated_at === found.created_at;
    const isLater = Date.parse(found.created_at) >= wholeSecond(since);
    return isTheirs && isUnedited && isLater && says(found.body, command) && isPermitted(person, asked).may;
  } catch (error) {
    if (!mayPass(error)) return false;
    const said = error instanceof Error ? error.message : String(error);
    // Without it nobody knows where the rollout stands: whoever drives waits as for the ledger itself.
    throw new UserError(
      "ledger-unavailable",
      `The ledger holds \`${command}\` of ${by}, and GitHub does not answer whether that was said: ${said}.`,
      exitCodes.unavailable,
    );
  }
}

/** GitHub's times have no fractions. */
function wholeSecond(at: string): number {
  return Math.floor(Date.parse(at) / 1000) * 1000;
}

/** As our own records name a comment, or by its address. */
function commentId(source: string | undefined, repository: string): number | undefined {
  const [, id, where] =
    /^comment (\d{1,18}) in (\S+)$/.exec(source ?? "") ??
    /^https:\/\/[^/\s]+\/(?:[^/\s]+\/[^/\s]+)\/(?:issues|pull)\/\d+#issuecomment-(\d{1,18})$/.exec(
      source ?? "",
    ) ??
    [];
  if (id === undefined || (where !== undefined && where.toLowerCase() !== repository.toLowerCase()))
    return undefined;
  return Number(id);
}

function says(body: string, command: string): boolean {
  return visibleLines(body).some(({ text }) => {
    const [verb, word] = text.trim().split(/\s+/, 2);
    return verb === "/rollout" && word === command;
  });
}
