import type { Issue, Pull, Repository, World } from "../state.ts";
import { association, renderLabel } from "./pull.ts";
import { apiUrl } from "./repository.ts";
import { nodeId, renderApp, renderUser } from "./user.ts";

/** An issue, which every pull request also is; of that it says nothing of commits. */
export function renderIssue(world: World, repository: Repository, issue: Issue | Pull) {
  const url = `${apiUrl(world, repository)}/issues/${issue.number}`;
  const pull = "headRef" in issue ? issue : null;
  const page = `${world.url}/${repository.fullName}/${pull ? "pull" : "issues"}/${issue.number}`;
  return {
    id: issue.id,
    node_id: nodeId("Issue", issue.id),
    url,
    repository_url: apiUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    number: issue.number,
    title: issue.title,
    body: issue.body,
    user: renderUser(world, issue.user),
    labels: issue.labels.map((name) => renderLabel(world, repository, name)),
    state: issue.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: [...repository.comments.values()].filter((one) => one.number === issue.number).length,
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: issue.closedAt,
    author_association: association(repository, issue.user),
    active_lock_reason: null,
    performed_via_github_app: "app" in issue ? issue.app && renderApp(world, issue.app) : null,
    state_reason: null,
    reactions: reactionsOf(url),
    ...(pull ? pullLinks(world, repository, pull, page) : {}),
  };
}

function pullLinks(world: World, repository: Repository, pull: Pull, page: string) {
  return {
    draft: pull.draft,
    pull_request: {
      url: `${apiUrl(world, repository)}/pulls/${pull.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pull.merged?.at ?? null,
    },
  };
}

const reactionsOf = (url: string) => ({
  url: `${url}/reactions`,
  total_count: 0,
  ...{ "+1": 0, "-1": 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 },
});
