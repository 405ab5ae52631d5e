import type { Comment, Reaction, Repository, World } from "../state.ts";
import { association } from "./pull.ts";
import { apiUrl } from "./repository.ts";
import { nodeId, renderApp, renderUser } from "./user.ts";

export const reactionContents = [
  "+1",
  "-1",
  "laugh",
  "confused",
  "heart",
  "hooray",
  "rocket",
  "eyes",
] as const;

export function renderReaction(world: World, reaction: Reaction) {
  return {
    id: reaction.id,
    node_id: nodeId("Reaction", reaction.id),
    user: renderUser(world, reaction.user),
    content: reaction.content,
    created_at: reaction.createdAt,
  };
}

function rollup(url: string, reactions: Reaction[]) {
  const counts = Object.fromEntries(
    reactionContents.map((content) => [content, reactions.filter((one) => one.content === content).length]),
  );
  return { ...counts, url: `${url}/reactions`, total_count: reactions.length };
}

export function renderComment(world: World, repository: Repository, comment: Comment) {
  const url = `${apiUrl(world, repository)}/issues/comments/${comment.id}`;
  const page = repository.pulls.has(comment.number) ? "pull" : "issues";
  return {
    id: comment.id,
    node_id: nodeId("IssueComment", comment.id),
    url,
    html_url: `${world.url}/${repository.fullName}/${page}/${comment.number}#issuecomment-${comment.id}`,
    issue_url: `${apiUrl(world, repository)}/issues/${comment.number}`,
    body: comment.body,
    user: renderUser(world, comment.user),
    created_at: comment.createdAt,
    updated_at: comment.updatedAt,
    author_association: association(repository, comment.user),
    performed_via_github_app: comment.app && renderApp(world, comment.app),
    reactions: rollup(url, comment.reactions),
  };
}
