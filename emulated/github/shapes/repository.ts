import type { Repository, World } from "../state.ts";
import { nodeId, renderUser } from "./user.ts";

const templates = {
  archive_url: "/{archive_format}{/ref}",
  assignees_url: "/assignees{/user}",
  blobs_url: "/git/blobs{/sha}",
  branches_url: "/branches{/branch}",
  collaborators_url: "/collaborators{/collaborator}",
  comments_url: "/comments{/number}",
  commits_url: "/commits{/sha}",
  compare_url: "/compare/{base}...{head}",
  contents_url: "/contents/{+path}",
  contributors_url: "/contributors",
  deployments_url: "/deployments",
  downloads_url: "/downloads",
  events_url: "/events",
  forks_url: "/forks",
  git_commits_url: "/git/commits{/sha}",
  git_refs_url: "/git/refs{/sha}",
  git_tags_url: "/git/tags{/sha}",
  hooks_url: "/hooks",
  issue_comment_url: "/issues/comments{/number}",
  issue_events_url: "/issues/events{/number}",
  issues_url: "/issues{/number}",
  keys_url: "/keys{/key_id}",
  labels_url: "/labels{/name}",
  languages_url: "/languages",
  merges_url: "/merges",
  milestones_url: "/milestones{/number}",
  notifications_url: "/notifications{?since,all,participating}",
  pulls_url: "/pulls{/number}",
  releases_url: "/releases{/id}",
  stargazers_url: "/stargazers",
  statuses_url: "/statuses/{sha}",
  subscribers_url: "/subscribers",
  subscription_url: "/subscription",
  tags_url: "/tags",
  teams_url: "/teams",
  trees_url: "/git/trees{/sha}",
};

export const apiUrl = (world: World, repository: Repository): string =>
  `${world.url}/repos/${repository.fullName}`;

export function minimalRepository(world: World, repository: Repository) {
  const url = apiUrl(world, repository);
  const links = Object.fromEntries(Object.entries(templates).map(([name, tail]) => [name, url + tail]));
  return {
    ...links,
    id: repository.id,
    node_id: nodeId("Repository", repository.id),
    name: repository.name,
    full_name: repository.fullName,
    owner: renderUser(world, repository.owner),
    private: repository.private,
    html_url: `${world.url}/${repository.fullName}`,
    description: null,
    fork: repository.forkOf !== null,
    url,
  };
}

export function renderRepository(world: World, repository: Repository) {
  const htmlUrl = `${world.url}/${repository.fullName}`;
  const openPulls = [...repository.pulls.values()].filter((pull) => pull.state === "open").length;
  return {
    ...minimalRepository(world, repository),
    git_url: `git://${htmlUrl.replace(/^https?:\/\//, "")}.git`,
    ssh_url: `git@${htmlUrl.replace(/^https?:\/\//, "").replace("/", ":")}.git`,
    clone_url: `${htmlUrl}.git`,
    svn_url: htmlUrl,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks_count: 0,
    forks: 0,
    stargazers_count: 0,
    watchers_count: 0,
    watchers: 0,
    size: 0,
    default_branch: repository.defaultBranch,
    open_issues_count: openPulls,
    open_issues: openPulls,
    topics: [],
    has_issues: true,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: false,
    disabled: false,
    visibility: repository.private ? "private" : "public",
    pushed_at: repository.createdAt,
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    allow_forking: true,
    is_template: false,
    web_commit_signoff_required: false,
  };
}

export function fullRepository(world: World, repository: Repository) {
  return { ...renderRepository(world, repository), subscribers_count: 0, network_count: 0 };
}
