import { listCommits, readCommit } from "../git/commit.ts";
import { diffTrees, type FileDiff } from "../git/diff.ts";
import { pullEnds } from "../git/pull-refs.ts";
import { association, renderLabel } from "../shapes/pull.ts";
import { nodeId } from "../shapes/user.ts";
import type { Comment, Pull, Repository, Review, User } from "../state.ts";
import { actorNode } from "./actor.ts";
import { commitNode, refNode } from "./git-object.ts";
import { type Arguments, type Context, connection, type Node, textOf, textsOf } from "./node.ts";
import { repositoryNode } from "./repository.ts";

export const stateOf = (pull: Pull): string => (pull.merged ? "MERGED" : pull.state.toUpperCase());

function viewerIs(context: Context, user: User): boolean {
  return context.token !== null && context.token.kind !== "app" && context.token.user.id === user.id;
}

function commentNode(context: Context, repository: Repository, comment: Comment): Node {
  return {
    __typename: "IssueComment",
    id: nodeId("IssueComment", comment.id),
    databaseId: comment.id,
    fullDatabaseId: String(comment.id),
    body: comment.body,
    bodyText: comment.body,
    author: () => actorNode(context.world, comment.user),
    authorAssociation: association(repository, comment.user),
    createdAt: comment.createdAt,
    updatedAt: comment.updatedAt,
    lastEditedAt: comment.editedAt,
    includesCreatedEdit: comment.editedAt !== null,
    isMinimized: false,
    minimizedReason: null,
    viewerDidAuthor: viewerIs(context, comment.user),
    url: `${context.world.url}/${repository.fullName}/pull/${comment.number}#issuecomment-${comment.id}`,
  };
}

function reviewNode(context: Context, repository: Repository, review: Review): Node {
  return {
    __typename: "PullRequestReview",
    id: nodeId("PullRequestReview", review.id),
    databaseId: review.id,
    fullDatabaseId: String(review.id),
    body: review.body,
    state: review.state,
    author: () => actorNode(context.world, review.user),
    authorAssociation: association(repository, review.user),
    submittedAt: review.submittedAt,
    lastEditedAt: null,
    commit: async () => {
      const commit = await readCommit(repository.git, review.commit);
      return commit && commitNode(context, repository, commit);
    },
  };
}

const changeTypes: Record<FileDiff["status"], string> = {
  added: "ADDED",
  removed: "DELETED",
  modified: "MODIFIED",
  renamed: "RENAMED",
  changed: "CHANGED",
};

/** What needs git is asked of git only when the query names it. */
function changeFields(context: Context, repository: Repository, pull: Pull): Record<string, unknown> {
  const { git } = repository;
  const files = async (): Promise<FileDiff[]> => {
    const ends = await pullEnds(repository, pull);
    return diffTrees(git, ends.mergeBase, ends.head, { patches: false });
  };
  return {
    additions: async () => (await files()).reduce((sum, file) => sum + file.additions, 0),
    deletions: async () => (await files()).reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: async () => (await files()).length,
    files: async (given: Arguments) =>
      connection(
        "PullRequestChangedFileConnection",
        (await files()).slice(0, context.world.limits.pullFiles),
        given,
        (file) => ({
          __typename: "PullRequestChangedFile",
          path: file.path,
          additions: file.additions,
          deletions: file.deletions,
          changeType: changeTypes[file.status],
          viewerViewedState: "UNVIEWED",
        }),
      ),
    commits: async (given: Arguments) => {
      const ends = await pullEnds(repository, pull);
      const commits = await listCommits(git, [`${ends.base}..${ends.head}`], ["--reverse"]);
      return connection("PullRequestCommitConnection", commits, given, (commit) => ({
        __typename: "PullRequestCommit",
        id: nodeId("PullRequestCommit", commit.oid),
        commit: () => commitNode(context, repository, commit),
      }));
    },
  };
}

function endFields(context: Context, repository: Repository, pull: Pull): Record<string, unknown> {
  const { headRepository } = pull;
  return {
    headRefOid: async () => (await pullEnds(repository, pull)).head,
    baseRefOid: async () => (await pullEnds(repository, pull)).base,
    headRefName: pull.headRef,
    baseRefName: pull.baseRef,
    headRef: async () => {
      const found = await headRepository?.git.info(`refs/heads/${pull.headRef}`);
      return found && headRepository ? refNode(context, headRepository, `refs/heads/${pull.headRef}`) : null;
    },
    baseRef: () => refNode(context, repository, `refs/heads/${pull.baseRef}`),
    headRepository: () => headRepository && repositoryNode(context, headRepository),
    headRepositoryOwner: () => headRepository && actorNode(context.world, headRepository.owner),
    baseRepository: () => repositoryNode(context, repository),
    isCrossRepository: headRepository !== repository,
    mergeCommit: async () => {
      const commit = pull.merged && (await readCommit(repository.git, pull.merged.commit));
      return commit && commitNode(context, repository, commit);
    },
  };
}

/** Each reviewer's last review that approves or asks for changes; one that was dismissed takes its place. */
function opinions(reviews: readonly Review[]): Review[] {
  const last = new Map<number, Review>();
  for (const review of reviews)
    if (review.state !== "COMMENTED" && review.state !== "PENDING") last.set(review.user.id, review);
  return [...last.values()];
}

/** Of a timeline, only what is kept here: that the base changed. */
function changesOfBase({ baseChanges }: Pull, given: Arguments): string[] {
  const types = textsOf(given, "itemTypes");
  return types === undefined || types.includes("BASE_REF_CHANGED_EVENT") ? baseChanges : [];
}

export function pullNode(context: Context, repository: Repository, pull: Pull): Node {
  const comments = () =>
    [...repository.comments.values()].filter((comment) => comment.number === pull.number);
  const reviews = (given: Arguments) => {
    const states = textsOf(given, "states");
    const author = textOf(given, "author");
    return repository.reviews
      .filter((review) => review.number === pull.number)
      .filter((review) => states === undefined || states.includes(review.state))
      .filter((review) => author === undefined || review.user.login === author);
  };
  return {
    __typename: "PullRequest",
    id: nodeId("PullRequest", pull.id),
    databaseId: pull.id,
    fullDatabaseId: String(pull.id),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? "",
    bodyText: pull.body ?? "",
    state: stateOf(pull),
    closed: pull.state === "closed",
    merged: pull.merged !== null,
    mergedAt: pull.merged?.at ?? null,
    mergedBy: () => pull.merged && actorNode(context.world, pull.merged.by),
    isDraft: pull.draft,
    createdAt: pull.createdAt,
    updatedAt: pull.updatedAt,
    closedAt: pull.closedAt,
    url: `${context.world.url}/${repository.fullName}/pull/${pull.number}`,
    author: () => actorNode(context.world, pull.user),
    authorAssociation: association(repository, pull.user),
    repository: () => repositoryNode(context, repository),
    labels: (given: Arguments) =>
      connection("LabelConnection", pull.labels, given, (name) => ({
        __typename: "Label",
        id: nodeId("Label", name),
        name,
        color: renderLabel(context.world, repository, name).color,
        description: null,
      })),
    comments: (given: Arguments) =>
      connection("IssueCommentConnection", comments(), given, (one) => commentNode(context, repository, one)),
    timelineItems: (given: Arguments) =>
      connection("PullRequestTimelineItemsConnection", changesOfBase(pull, given), given, (createdAt) => ({
        __typename: "BaseRefChangedEvent",
        id: nodeId("BaseRefChangedEvent", pull.id),
        createdAt,
      })),
    reviews: (given: Arguments) =>
      connection("PullRequestReviewConnection", reviews(given), given, (one) =>
        reviewNode(context, repository, one),
      ),
    latestOpinionatedReviews: (given: Arguments) =>
      connection("PullRequestReviewConnection", opinions(reviews({})), given, (one) =>
        reviewNode(context, repository, one),
      ),
    ...endFields(context, repository, pull),
    ...changeFields(context, repository, pull),
  };
}
