import { githubError } from "../../adapters/github/client.ts";
import { isTransient, retryAfterMs } from "../../adapters/github/transient.ts";
import { commentOnce } from "../comment-once.ts";
import type { AppIdentity, Work } from "../ports.ts";
import type { Said } from "./event.ts";

/** One comment for each comment that asked something. */
export async function reply(
  { said, work, identity }: { said: Said; work: Work; identity: AppIdentity },
  markdown: string,
  about: "reply" | "void" = "reply",
): Promise<void> {
  const { repository, number } = said;
  const of = said.kind === "comment" ? String(said.id) : `review-${said.id}`;
  const marker = `<!-- adaptive-deploy:${about}:${of} -->`;
  const key = `${about} ${repository} ${of}`;
  await commentOnce(
    { repository, number, key, marker, markdown, since: said.at.toISOString() },
    work,
    identity,
  );
}

/**
 * GitHub takes reactions on comments, and on no review. A reaction is a courtesy: where it fails, the command still counts.
 * A connection that broke is tried once more, since the same one twice is one on GitHub.
 */
export async function react(
  { said, work }: { said: Said; work: Work },
  content: "eyes" | "rocket" | "-1",
): Promise<void> {
  const { owner, name: repo, kind, id: comment } = said;
  if (kind === "review") return;
  const route = "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions";
  for (const isLast of [false, true]) {
    try {
      await work.client.request(route, { owner, repo, comment_id: comment, content });
      return;
    } catch (error) {
      work.signal.throwIfAborted();
      if (!isLast && isTransient(error) && retryAfterMs(error) === undefined) continue;
      return work.warn(githubError(error, `a reaction in ${said.repository}`).message);
    }
  }
}
