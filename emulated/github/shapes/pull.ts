import { diffTrees } from "../git/diff.ts";
import { type PullEnds, pullEnds, testMerge } from "../git/pull-refs.ts";
import type { Pull, Repository, User, World } from "../state.ts";
import { apiUrl, renderRepository } from "./repository.ts";
import { nodeId, renderUser } from "./user.ts";

export function association(repository: Repository, user: User): string {
  if (user.id === repository.owner.id) return "OWNER";
  return repository.collaborators.has(user.login.toLowerCase()) ? "COLLABORATOR" : "NONE";
}

export function renderLabel(world: World, repository: Repository, name: string) {
  return {
    id: [...name].reduce((sum, letter) => sum * 31 + (letter.codePointAt(0) ?? 0), 7) % 1_000_000_007,
    node_id: nodeId("Label", name),
    url: `${apiUrl(world, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description: "",
    color: "ededed",
    default: false,
  };
}

function renderEnd(world: World, repository: Repository | null, base: Repository, ref: string, sha: string) {
  const owner = repository?.owner ?? base.owner;
  return {
    label: `${owner.login}:${ref}`,
    ref,
    sha,
    user: renderUser(world, owner),
    repo: repository && renderRepository(world, repository),
  };
}

function links(world: World, repository: Repository, pull: Pull, head: string) {
  const url = apiUrl(world, repository);
  const pullUrl = `${url}/pulls/${pull.number}`;
  const issueUrl = `${url}/issues/${pull.number}`;
  return {
    self: { href: pullUrl },
    html: { href: `${world.url}/${repository.fullName}/pull/${pull.number}` },
    issue: { href: issueUrl },
    comments: { href: `${issueUrl}/comments` },
    review_comments: { href: `${pullUrl}/comments` },
    review_comment: { href: `${url}/pulls/comments{/number}` },
    commits: { href: `${pullUrl}/commits` },
    statuses: { href: `${url}/statuses/${head}` },
  };
}

/** The shape in lists. */
export async function simplePull(world: World, repository: Repository, pull: Pull, known?: PullEnds) {
  const ends = known ?? (await pullEnds(repository, pull));
  const all = links(world, repository, pull, ends.head);
  return {
    id: pull.id,
    node_id: nodeId("PullRequest", pull.id),
    number: pull.number,
    state: pull.state,
    locked: false,
    title: pull.title,
    body: pull.body,
    user: renderUser(world, pull.user),
    draft: pull.draft,
    url: all.self.href,
    html_url: all.html.href,
    diff_url: `${all.html.href}.diff`,
    patch_url: `${all.html.href}.patch`,
    issue_url: all.issue.href,
    commits_url: all.commits.href,
    review_comments_url: all.review_comments.href,
    review_comment_url: all.review_comment.href,
    comments_url: all.comments.href,
    statuses_url: all.statuses.href,
    labels: pull.labels.map((name) => renderLabel(world, repository, name)),
    milestone: null,
    active_lock_reason: null,
    created_at: pull.createdAt,
    updated_at: pull.updatedAt,
    closed_at: pull.closedAt,
    merged_at: pull.merged?.at ?? null,
    merge_commit_sha: pull.merged?.commit ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head: renderEnd(world, pull.headRepository, repository, pull.headRef, ends.head),
    base: renderEnd(world, repository, repository, pull.baseRef, ends.base),
    _links: all,
    author_association: association(repository, pull.user),
    auto_merge: null,
  };
}

export async function renderPull(world: World, repository: Repository, pull: Pull) {
  const ends = await pullEnds(repository, pull);
  const [simple, files, commits, merge] = await Promise.all([
    simplePull(world, repository, pull, ends),
    diffTrees(repository.git, ends.mergeBase, ends.head, { patches: false }),
    repository.git.lasting([
      "rev-list",
      "--count",
      ends.head,
      ...(ends.mergeBase ? [`^${ends.mergeBase}`] : []),
    ]),
    pull.merged ? pull.merged.commit : testMerge(repository, pull, ends),
  ]);
  const open = pull.state === "open";
  return {
    ...simple,
    merge_commit_sha: merge,
    merged: pull.merged !== null,
    mergeable: open ? merge !== null : null,
    rebaseable: open ? merge !== null : null,
    mergeable_state: open ? (merge === null ? "dirty" : "clean") : "unknown",
    merged_by: pull.merged && renderUser(world, pull.merged.by),
    comments: [...repository.comments.values()].filter((comment) => comment.number === pull.number).length,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: Number(commits),
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}
