import type { CheckRun, CommitStatus, Repository, World } from "../state.ts";
import { apiUrl } from "./repository.ts";
import { nodeId, renderApp, renderUser } from "./user.ts";

/** `actions` is no part of GitHub's answer: tests read the buttons from the state. */
export function renderCheckRun(world: World, repository: Repository, check: CheckRun) {
  const url = `${apiUrl(world, repository)}/check-runs/${check.id}`;
  const page = `${world.url}/${repository.fullName}/runs/${check.id}`;
  return {
    id: check.id,
    node_id: nodeId("CheckRun", check.id),
    head_sha: check.headSha,
    external_id: check.externalId,
    url,
    html_url: page,
    details_url: check.detailsUrl ?? page,
    status: check.status,
    conclusion: check.conclusion,
    started_at: check.startedAt,
    completed_at: check.completedAt,
    output: {
      ...check.output,
      annotations_count: check.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: check.name,
    check_suite: { id: check.suite },
    app: renderApp(world, check.app),
    pull_requests: [],
  };
}

export function renderStatus(world: World, repository: Repository, status: CommitStatus) {
  return {
    url: `${apiUrl(world, repository)}/statuses/${status.sha}`,
    avatar_url: renderUser(world, status.creator).avatar_url,
    id: status.id,
    node_id: nodeId("Status", status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.createdAt,
    updated_at: status.createdAt,
  };
}
