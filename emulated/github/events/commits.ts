import { readCommit } from "../git/commit.ts";
import { userByEmail } from "../shapes/commit.ts";
import { fullRepository } from "../shapes/repository.ts";
import { common, noCommit, type Payload, type Place } from "./payloads.ts";

async function eventCommit(place: Place, oid: string): Promise<Payload | null> {
  const commit = await readCommit(place.repository.git, oid);
  if (!commit) return null;
  const person = ({ name, email, date }: typeof commit.author) => {
    const user = userByEmail(place.world, email);
    return { name, email, date, ...(user ? { username: user.login } : {}) };
  };
  return {
    id: commit.oid,
    tree_id: commit.tree,
    distinct: true,
    message: commit.message,
    timestamp: commit.committer.date,
    url: `${place.world.url}/${place.repository.fullName}/commit/${commit.oid}`,
    author: person(commit.author),
    committer: person(commit.committer),
    ...(await touched(place, oid)),
  };
}

/** Paths of a commit against its first parent, as GitHub lists them in a push; of a merge none. */
async function touched({ repository }: Place, oid: string): Promise<Record<string, string[]>> {
  const options = ["-r", "-z", "--root", "--no-commit-id", "--no-renames", "--name-status"];
  const fields = (await repository.git.lasting(["diff-tree", ...options, oid])).split("\0");
  const of = (status: string) => fields.filter((_, index) => index % 2 === 1 && fields[index - 1] === status);
  return { added: of("A"), removed: of("D"), modified: of("M") };
}

const mostCommits = 2048;

/** `before` of a new branch is null. */
export async function pushEvent(
  place: Place,
  about: { branch: string; before: string | null; after: string; forced?: boolean },
): Promise<Payload> {
  const { git } = place.repository;
  const range =
    about.before === null
      ? [about.after, "--not", `refs/heads/${place.repository.defaultBranch}`]
      : [`${about.before}..${about.after}`];
  const oids = (await git.text(["rev-list", "--reverse", ...range]))
    .split("\n")
    .filter(Boolean)
    .slice(-mostCommits);
  const commits = await Promise.all(oids.map((oid) => eventCommit(place, oid)));
  const rest = common(place);
  const pusher = place.sender ?? place.repository.owner;
  const at = Math.floor(Date.parse(place.repository.createdAt) / 1000);
  return {
    ref: `refs/heads/${about.branch}`,
    before: about.before ?? noCommit,
    after: about.after,
    created: about.before === null,
    deleted: false,
    forced: about.forced ?? false,
    base_ref: null,
    compare: `${place.world.url}/${place.repository.fullName}/compare/${(about.before ?? noCommit).slice(0, 12)}...${about.after.slice(0, 12)}`,
    commits,
    head_commit: await eventCommit(place, about.after),
    pusher: { name: pusher.login, email: pusher.email },
    ...rest,
    // In this one event these two are numbers of seconds.
    repository: {
      ...fullRepository(place.world, place.repository),
      ...{ created_at: at, pushed_at: at, stargazers: 0, master_branch: place.repository.defaultBranch },
      ...{ organization: place.repository.owner.login, custom_properties: {} },
    },
  };
}

/** A group of the merge queue: base and head are commits, the head branch is the queue's own. */
export async function mergeGroupEvent(
  place: Place,
  about: { base: string; head: string; baseBranch?: string; pulls?: number[] },
): Promise<Payload> {
  const branch = about.baseBranch ?? place.repository.defaultBranch;
  const commit = await eventCommit(place, about.head);
  const { id, tree_id, message, timestamp, author, committer } = commit ?? {};
  return {
    action: "checks_requested",
    merge_group: {
      head_sha: about.head,
      head_ref: `refs/heads/gh-readonly-queue/${branch}/pr-${about.pulls?.at(-1) ?? 1}-${about.base}`,
      base_sha: about.base,
      base_ref: `refs/heads/${branch}`,
      head_commit: { id, tree_id, message, timestamp, author, committer },
    },
    ...common(place),
  };
}
