import * as z from "zod";
import { ask, type GitHubClient } from "./client.ts";
import type { Subject } from "./subject.ts";
import { whenNeeded } from "./when-needed.ts";

/** Our comment on a pull request: found by its marker and by being ours, and updated in place. */
export type StickyComment = { id: number; body: string } | undefined;

/** The comment of a workflow; the App's carries another marker, so that neither overwrites the other's. */
export const actionMarker = "<!-- adaptive-deploy:decide:v1 -->";

const listed = whenNeeded(() =>
  z.array(
    z.object({
      id: z.int(),
      body: z.string().nullish(),
      user: z.object({ login: z.string(), type: z.string().optional() }).nullish(),
    }),
  ),
);

const commentsAPage = 100;
const mostPages = 30;

/** Starts all pages at once; which comment is ours is known when GitHub has said who we are. */
export async function findStickyComment(
  client: GitHubClient,
  subject: Subject,
  pull: { number: number; comments?: number },
  marker: string = actionMarker,
): Promise<(viewer: string) => StickyComment> {
  const pages = Math.min(mostPages, Math.floor((pull.comments ?? 0) / commentsAPage) + 1);
  const answers = await Promise.all(
    Array.from({ length: pages }, (_, index) =>
      ask(`the comments of #${pull.number}`, () =>
        client.request("GET /repos/{owner}/{repo}/issues/{issue_number}/comments", {
          owner: subject.owner,
          repo: subject.name,
          issue_number: pull.number,
          per_page: commentsAPage,
          page: index + 1,
        }),
      ),
    ),
  );
  const comments = answers.flatMap(({ data }) => listed().parse(data));
  return (viewer) => {
    const ours = comments.find(
      (comment) => comment.body?.startsWith(marker) && sameAccount(comment.user, viewer),
    );
    return ours ? { id: ours.id, body: ours.body ?? "" } : undefined;
  };
}

type Account = { login: string; type?: string | undefined } | null | undefined;

/**
 * GraphQL names an App's account with or without its "[bot]". A person may be called like an App, and would go on
 * editing a comment that we took for ours: without the ending, a name is the App's only where the account is a bot.
 */
function sameAccount(account: Account, viewer: string): boolean {
  if (!account) return false;
  const isApp = account.type === "Bot" || account.login.endsWith("[bot]");
  return account.login === viewer || (isApp && withoutEnding(account.login) === withoutEnding(viewer));
}

function withoutEnding(login: string): string {
  return login.replace(/\[bot\]$/, "");
}

/** Writes the comment, or updates it; an equal one is left alone. */
export async function writeStickyComment(
  client: GitHubClient,
  subject: Subject,
  issue: number,
  body: string,
  before: StickyComment,
): Promise<void> {
  const { owner, name: repo } = subject;
  if (before?.body === body) return;
  const what = `the comment on ${owner}/${repo}#${issue} (pull-requests: write)`;
  await ask(what, () =>
    before
      ? client.request("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}", {
          owner,
          repo,
          comment_id: before.id,
          body,
        })
      : client.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
          owner,
          repo,
          issue_number: issue,
          body,
        }),
  );
}
