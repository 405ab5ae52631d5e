import type { Repository, Review, World } from "../state.ts";
import { association } from "./pull.ts";
import { apiUrl } from "./repository.ts";
import { nodeId, renderUser } from "./user.ts";

export function renderReview(world: World, repository: Repository, review: Review) {
  const pullUrl = `${apiUrl(world, repository)}/pulls/${review.number}`;
  const htmlUrl = `${world.url}/${repository.fullName}/pull/${review.number}#pullrequestreview-${review.id}`;
  return {
    id: review.id,
    node_id: nodeId("PullRequestReview", review.id),
    user: renderUser(world, review.user),
    body: review.body,
    state: review.state,
    html_url: htmlUrl,
    pull_request_url: pullUrl,
    author_association: association(repository, review.user),
    _links: { html: { href: htmlUrl }, pull_request: { href: pullUrl } },
    submitted_at: review.submittedAt,
    commit_id: review.commit,
  };
}
