import type { Commit } from "../git/commit.ts";
import { diffTrees, type FileDiff } from "../git/diff.ts";
import type { Repository, User, World } from "../state.ts";
import { apiUrl } from "./repository.ts";
import { nodeId, renderUser } from "./user.ts";

/** GitHub knows a commit's author by the e-mail address. */
export function userByEmail(world: World, email: string): User | null {
  for (const user of world.users.values()) if (user.email === email) return user;
  const noReply = /^(?:\d+\+)?([^@]+)@users\.noreply\.github\.com$/.exec(email);
  return world.users.get(noReply?.[1]?.toLowerCase() ?? "") ?? null;
}

const unsigned = { verified: false, reason: "unsigned", signature: null, payload: null, verified_at: null };
const signedByGitHub = {
  ...unsigned,
  verified: true,
  reason: "valid",
  signature: "emulated",
  payload: "emulated",
};

/** Commits made through the API carry GitHub's own signature; here the committer's name stands for it. */
export const verification = (commit: Commit) =>
  commit.committer.email === "noreply@github.com" ? signedByGitHub : unsigned;

export function renderCommit(world: World, repository: Repository, commit: Commit) {
  const url = apiUrl(world, repository);
  const author = userByEmail(world, commit.author.email);
  const committer = userByEmail(world, commit.committer.email);
  return {
    sha: commit.oid,
    node_id: nodeId("Commit", commit.oid),
    url: `${url}/commits/${commit.oid}`,
    html_url: `${world.url}/${repository.fullName}/commit/${commit.oid}`,
    comments_url: `${url}/commits/${commit.oid}/comments`,
    commit: {
      author: commit.author,
      committer: commit.committer,
      message: commit.message,
      tree: { sha: commit.tree, url: `${url}/git/trees/${commit.tree}` },
      url: `${url}/git/commits/${commit.oid}`,
      comment_count: 0,
      verification: verification(commit),
    },
    author: author && renderUser(world, author),
    committer: committer && renderUser(world, committer),
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${url}/commits/${sha}`,
      html_url: `${world.url}/${repository.fullName}/commit/${sha}`,
    })),
  };
}

export function renderGitCommit(world: World, repository: Repository, commit: Commit) {
  const full = renderCommit(world, repository, commit);
  return {
    sha: full.sha,
    node_id: full.node_id,
    url: full.commit.url,
    html_url: full.html_url,
    author: full.commit.author,
    committer: full.commit.committer,
    message: commit.message,
    tree: full.commit.tree,
    parents: full.parents.map((parent) => ({
      ...parent,
      url: parent.url.replace("/commits/", "/git/commits/"),
    })),
    verification: full.commit.verification,
  };
}

export function renderFile(world: World, repository: Repository, file: FileDiff, commit: string) {
  const path = file.path.split("/").map(encodeURIComponent).join("/");
  const url = apiUrl(world, repository);
  const hasPatch = file.patch !== undefined && file.additions + file.deletions <= world.limits.patchLines;
  return {
    sha: file.oid,
    filename: file.path,
    status: file.status,
    additions: file.additions,
    deletions: file.deletions,
    changes: file.additions + file.deletions,
    blob_url: `${world.url}/${repository.fullName}/blob/${commit}/${path}`,
    raw_url: `${world.url}/${repository.fullName}/raw/${commit}/${path}`,
    contents_url: `${url}/contents/${path}?ref=${commit}`,
    ...(hasPatch ? { patch: file.patch } : {}),
    ...(file.previousPath === undefined ? {} : { previous_filename: file.previousPath }),
  };
}

/** A commit with its files and their sums, as `GET …/commits/{ref}` gives it. */
export async function renderCommitWithFiles(world: World, repository: Repository, commit: Commit) {
  const files = await diffTrees(repository.git, commit.parents[0] ?? null, commit.oid);
  const additions = files.reduce((sum, file) => sum + file.additions, 0);
  const deletions = files.reduce((sum, file) => sum + file.deletions, 0);
  return {
    ...renderCommit(world, repository, commit),
    stats: { total: additions + deletions, additions, deletions },
    files: files
      .slice(0, world.limits.compareFiles)
      .map((file) => renderFile(world, repository, file, commit.oid)),
  };
}
