import { renderCheckRun } from "../shapes/check.ts";
import { renderComment } from "../shapes/comment.ts";
import { renderDeployment } from "../shapes/deployment.ts";
import { association, renderLabel, renderPull } from "../shapes/pull.ts";
import { apiUrl, fullRepository } from "../shapes/repository.ts";
import { renderReview } from "../shapes/review.ts";
import { nodeId, renderApp, renderUser } from "../shapes/user.ts";
import type { App, CheckRun, Comment, Deployment, Pull, Repository, Review, User, World } from "../state.ts";

/** Payloads of webhook events and of `GITHUB_EVENT_PATH`, made from the state. */

export type Payload = Record<string, unknown>;
export type Place = { world: World; repository: Repository; sender?: User; app?: App };

export const noCommit = "0".repeat(40);

/** What every payload ends with. */
export function common({ world, repository, sender, app }: Place, fallbackSender?: User): Payload {
  const installation = app?.installations.find((one) => one.account === repository.owner);
  const organization = renderUser(world, repository.owner);
  return {
    repository: { ...fullRepository(world, repository), custom_properties: {} },
    organization: {
      ...{ login: organization.login, id: organization.id, node_id: organization.node_id },
      url: `${world.url}/orgs/${organization.login}`,
      repos_url: `${world.url}/orgs/${organization.login}/repos`,
      events_url: `${world.url}/orgs/${organization.login}/events`,
      hooks_url: `${world.url}/orgs/${organization.login}/hooks`,
      issues_url: `${world.url}/orgs/${organization.login}/issues`,
      members_url: `${world.url}/orgs/${organization.login}/members{/member}`,
      public_members_url: `${world.url}/orgs/${organization.login}/public_members{/member}`,
      avatar_url: organization.avatar_url,
      description: null,
    },
    sender: renderUser(world, sender ?? fallbackSender ?? repository.owner),
    ...(installation
      ? { installation: { id: installation.id, node_id: nodeId("Installation", installation.id) } }
      : {}),
  };
}

export async function pullRequestEvent(
  place: Place,
  pull: Pull,
  action = "opened",
  before?: string,
): Promise<Payload> {
  const rendered = await renderPull(place.world, place.repository, pull);
  return {
    action,
    number: pull.number,
    ...(action === "synchronize" ? { before: before ?? noCommit, after: rendered.head.sha } : {}),
    pull_request: rendered,
    ...common(place, pull.user),
  };
}

export function workflowDispatchEvent(
  place: Place,
  about: { branch?: string; inputs?: Record<string, string>; workflow?: string } = {},
): Payload {
  return {
    inputs: about.inputs ?? null,
    ref: `refs/heads/${about.branch ?? place.repository.defaultBranch}`,
    workflow: about.workflow ?? ".github/workflows/deploy.yml",
    ...common(place),
  };
}

export function deploymentEvent(place: Place, deployment: Deployment): Payload {
  return {
    action: "created",
    deployment: renderDeployment(place.world, place.repository, deployment),
    workflow: null,
    workflow_run: null,
    ...common(place, deployment.creator),
  };
}

/** The issue that a pull request also is; it says nothing of commits. */
function issueOf({ world, repository }: Place, pull: Pull): Payload {
  const url = `${apiUrl(world, repository)}/issues/${pull.number}`;
  const page = `${world.url}/${repository.fullName}/pull/${pull.number}`;
  return {
    id: pull.id,
    node_id: nodeId("Issue", pull.id),
    url,
    repository_url: apiUrl(world, repository),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    timeline_url: `${url}/timeline`,
    html_url: page,
    number: pull.number,
    title: pull.title,
    body: pull.body,
    user: renderUser(world, pull.user),
    labels: pull.labels.map((name) => renderLabel(world, repository, name)),
    state: pull.state,
    locked: false,
    assignee: null,
    assignees: [],
    milestone: null,
    comments: [...repository.comments.values()].filter((one) => one.number === pull.number).length,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    author_association: association(repository, pull.user),
    active_lock_reason: null,
    draft: pull.draft,
    performed_via_github_app: null,
    state_reason: null,
    reactions: reactionsOf(url),
    pull_request: {
      url: `${apiUrl(world, repository)}/pulls/${pull.number}`,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: pull.merged?.at ?? null,
    },
  };
}

const reactionsOf = (url: string): Payload => ({
  url: `${url}/reactions`,
  total_count: 0,
  ...{ "+1": 0, "-1": 0, laugh: 0, hooray: 0, confused: 0, heart: 0, rocket: 0, eyes: 0 },
});

export function issueCommentEvent(
  place: Place,
  comment: Comment,
  action = "created",
  before?: string,
): Payload {
  const pull = place.repository.pulls.get(comment.number);
  if (!pull) throw new Error(`There is no pull request ${comment.number}.`);
  return {
    action,
    ...(action === "edited" ? { changes: { body: { from: before ?? "" } } } : {}),
    issue: issueOf(place, pull),
    comment: renderComment(place.world, place.repository, comment),
    ...common(place, comment.user),
  };
}

export async function reviewEvent(place: Place, review: Review): Promise<Payload> {
  const pull = place.repository.pulls.get(review.number);
  if (!pull) throw new Error(`There is no pull request ${review.number}.`);
  const rendered = await renderPull(place.world, place.repository, pull);
  return {
    action: "submitted",
    review: { ...renderReview(place.world, place.repository, review), state: review.state.toLowerCase() },
    pull_request: rendered,
    ...common(place, review.user),
  };
}

/** Someone pressed a button of a check run, or asked for it again. */
export function checkRunEvent(
  place: Place,
  check: CheckRun,
  action: "created" | "completed" | "rerequested" | "requested_action",
  identifier?: string,
): Payload {
  const { world, repository } = place;
  const url = apiUrl(world, repository);
  return {
    action,
    ...(identifier === undefined ? {} : { requested_action: { identifier } }),
    check_run: {
      ...renderCheckRun(world, repository, check),
      check_suite: {
        id: check.suite,
        node_id: nodeId("CheckSuite", check.suite),
        head_branch: null,
        head_sha: check.headSha,
        status: check.status,
        conclusion: check.conclusion,
        url: `${url}/check-suites/${check.suite}`,
        ...{ before: null, after: check.headSha, pull_requests: [] },
        app: renderApp(world, check.app),
        created_at: check.startedAt,
        updated_at: check.completedAt ?? check.startedAt,
      },
    },
    ...common(place),
  };
}

/** A workflow run waits for an App's word before it deploys to an environment. */
export async function protectionRuleEvent(
  place: Place,
  about: { run: number; environment: string; deployment: Deployment; pulls?: Pull[] },
): Promise<Payload> {
  const pulls = await Promise.all(
    (about.pulls ?? []).map((pull) => renderPull(place.world, place.repository, pull)),
  );
  return {
    action: "requested",
    environment: about.environment,
    event: "push",
    sha: about.deployment.sha,
    ref: about.deployment.ref,
    deployment_callback_url: `${apiUrl(place.world, place.repository)}/actions/runs/${about.run}/deployment_protection_rule`,
    deployment: renderDeployment(place.world, place.repository, about.deployment),
    pull_requests: pulls,
    ...common(place),
  };
}
