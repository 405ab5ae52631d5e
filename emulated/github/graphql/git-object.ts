import { type Commit, listCommits, mergeBase, parseCommit, readCommit } from "../git/commit.ts";
import { diffTrees } from "../git/diff.ts";
import { parseTree } from "../git/tree.ts";
import { userByEmail, verification } from "../shapes/commit.ts";
import { nodeId } from "../shapes/user.ts";
import type { Repository } from "../state.ts";
import { actorNode } from "./actor.ts";
import { type Arguments, type Context, connection, type Node, objectOf, textOf, textsOf } from "./node.ts";
import { pullNode } from "./pull.ts";
import { repositoryNode } from "./repository.ts";
import { statusCheckRollup } from "./rollup.ts";

function common(context: Context, repository: Repository, typename: string, oid: string): Node {
  const page = `/${repository.fullName}/commit/${oid}`;
  return {
    __typename: typename,
    id: nodeId(typename, oid),
    oid,
    abbreviatedOid: oid.slice(0, 7),
    commitUrl: `${context.world.url}${page}`,
    commitResourcePath: page,
    repository: () => repositoryNode(context, repository),
  };
}

function blobNode(context: Context, repository: Repository, oid: string, content: Buffer): Node {
  const binary = content.subarray(0, 8000).includes(0);
  const limit = context.world.limits.blobTextBytes;
  const truncated = content.length > limit;
  return {
    ...common(context, repository, "Blob", oid),
    byteSize: content.length,
    isBinary: binary,
    isTruncated: truncated,
    text: binary ? null : content.subarray(0, limit).toString("utf8"),
  };
}

function treeNode(
  context: Context,
  repository: Repository,
  oid: string,
  content: Buffer,
  path: string,
): Node {
  const entries = () =>
    parseTree(content).map((entry) => {
      const full = path === "" ? entry.name : `${path}/${entry.name}`;
      return {
        __typename: "TreeEntry",
        name: entry.name,
        path: full,
        type: entry.type,
        mode: Number.parseInt(entry.mode, 8),
        oid: entry.oid,
        size: async () => (await repository.git.info(entry.oid))?.size ?? 0,
        object: () => (entry.type === "commit" ? null : gitObject(context, repository, entry.oid, full)),
      };
    });
  return { ...common(context, repository, "Tree", oid), entries };
}

async function history(
  context: Context,
  repository: Repository,
  commit: Commit,
  given: Arguments,
): Promise<Node> {
  const path = textOf(given, "path");
  const since = textOf(given, "since");
  const until = textOf(given, "until");
  const limits = [...(since ? [`--since=${since}`] : []), ...(until ? [`--until=${until}`] : [])];
  const oids = await repository.git.text(["rev-list", ...limits, commit.oid, "--", ...(path ? [path] : [])]);
  return connection("CommitHistoryConnection", oids.split("\n").filter(Boolean), given, async (oid) => {
    const one = await readCommit(repository.git, oid);
    return one && commitNode(context, repository, one);
  });
}

async function associatedPulls(
  context: Context,
  repository: Repository,
  commit: Commit,
  given: Arguments,
): Promise<Node> {
  const found = [];
  for (const pull of repository.pulls.values()) {
    const head = pull.frozen?.head ?? (await repository.git.info(`refs/pull/${pull.number}/head`))?.oid;
    const base = pull.frozen?.base ?? (await repository.git.info(`refs/heads/${pull.baseRef}`))?.oid;
    const inHead = head && (await mergeBase(repository.git, commit.oid, head)) === commit.oid;
    const inBase = base && (await mergeBase(repository.git, commit.oid, base)) === commit.oid;
    if (pull.merged?.commit === commit.oid || (inHead && !inBase)) found.push(pull);
  }
  return connection("PullRequestConnection", found, given, (pull) => pullNode(context, repository, pull));
}

function personNode(context: Context, person: Commit["author"]): Node {
  const user = userByEmail(context.world, person.email);
  return {
    __typename: "GitActor",
    name: person.name,
    email: person.email,
    date: person.date,
    user: user && user.type === "User" ? actorNode(context.world, user) : null,
  };
}

export function commitNode(context: Context, repository: Repository, commit: Commit): Node {
  const [headline = "", ...rest] = commit.message.split("\n");
  const files = () => diffTrees(repository.git, commit.parents[0] ?? null, commit.oid, { patches: false });
  const page = `${context.world.url}/${repository.fullName}/commit/${commit.oid}`;
  return {
    ...common(context, repository, "Commit", commit.oid),
    url: page,
    message: commit.message,
    messageHeadline: headline,
    messageBody: rest.join("\n").trim(),
    committedDate: commit.committer.date,
    authoredDate: commit.author.date,
    author: personNode(context, commit.author),
    authors: (given: Arguments) =>
      connection("GitActorConnection", authorsOf(commit), given, (one) => personNode(context, one)),
    committer: personNode(context, commit.committer),
    additions: async () => (await files()).reduce((sum, file) => sum + file.additions, 0),
    deletions: async () => (await files()).reduce((sum, file) => sum + file.deletions, 0),
    changedFiles: async () => (await files()).length,
    changedFilesIfAvailable: async () => (await files()).length,
    tree: () => gitObject(context, repository, commit.tree, ""),
    file: (given: Arguments) => fileEntry(context, repository, commit, textOf(given, "path") ?? ""),
    parents: async (given: Arguments) => {
      const parents = await Promise.all(commit.parents.map((oid) => readCommit(repository.git, oid)));
      return connection(
        "CommitConnection",
        parents,
        given,
        (one) => one && commitNode(context, repository, one),
      );
    },
    history: (given: Arguments) => history(context, repository, commit, given),
    associatedPullRequests: (given: Arguments) => associatedPulls(context, repository, commit, given),
    statusCheckRollup: () => statusCheckRollup(context, repository, commit.oid),
    signature: verification(commit).verified
      ? { __typename: "GpgSignature", isValid: true, wasSignedByGitHub: true, state: "VALID" }
      : null,
  };
}

const coAuthor = /^Co-authored-by:[ \t]*([^<\n]{0,200})<([^<>\s]{1,200})>[ \t]*$/gim;

/** The author, and those whom trailers of the message name. */
function authorsOf(commit: Commit): Commit["author"][] {
  const others = [...commit.message.matchAll(coAuthor)].map(([, name = "", email = ""]) => ({
    ...commit.author,
    name: name.trim(),
    email,
  }));
  return [commit.author, ...others];
}

async function fileEntry(
  context: Context,
  repository: Repository,
  commit: Commit,
  path: string,
): Promise<unknown> {
  const slash = path.lastIndexOf("/");
  const folder = await repository.git.object(`${commit.oid}:${slash < 0 ? "" : path.slice(0, slash)}`);
  if (folder?.type !== "tree") return null;
  const entries = treeNode(
    context,
    repository,
    folder.oid,
    folder.content,
    slash < 0 ? "" : path.slice(0, slash),
  ).entries;
  const list: Node[] = typeof entries === "function" ? entries({}) : [];
  return list.find((entry) => entry.name === path.slice(slash + 1)) ?? null;
}

/** Whatever an expression names: `main:path`, a branch, a commit, a tree; null where it names nothing. */
export async function gitObject(
  context: Context,
  repository: Repository,
  expression: string,
  path: string = expression.includes(":")
    ? expression.slice(expression.indexOf(":") + 1).replace(/\/$/, "")
    : "",
): Promise<Node | null> {
  const found = await repository.git.object(expression.replace(/:\/+/, ":").replace(/(.)\/+$/, "$1"));
  if (found?.type === "blob") return blobNode(context, repository, found.oid, found.content);
  if (found?.type === "tree") return treeNode(context, repository, found.oid, found.content, path);
  if (found?.type === "commit")
    return commitNode(context, repository, parseCommit(found.oid, found.content.toString("utf8")));
  if (found?.type !== "tag") return null;
  const target = /^object ([0-9a-f]+)$/m.exec(found.content.toString("utf8"))?.[1] ?? "";
  return {
    ...common(context, repository, "Tag", found.oid),
    name: /^tag (.+)$/m.exec(found.content.toString("utf8"))?.[1] ?? "",
    message: found.content.toString("utf8").split("\n\n").slice(1).join("\n\n"),
    target: () => gitObject(context, repository, target, ""),
  };
}

/** The name leaves out the prefix; in a list that is the prefix which was asked for. */
export function refNode(
  context: Context,
  repository: Repository,
  name: string,
  prefix: string = /^refs\/[^/]+\//.exec(name)?.[0] ?? "refs/",
): Node {
  return {
    __typename: "Ref",
    id: nodeId("Ref", `${repository.fullName}:${name}`),
    name: name.slice(prefix.length),
    prefix,
    target: () => gitObject(context, repository, name, ""),
    repository: () => repositoryNode(context, repository),
    compare: (given: Arguments) => comparison(context, repository, name, textOf(given, "headRef") ?? ""),
  };
}

async function comparison(
  context: Context,
  repository: Repository,
  base: string,
  head: string,
): Promise<Node | null> {
  const [from, to] = await Promise.all([readCommit(repository.git, base), readCommit(repository.git, head)]);
  if (!from || !to) return null;
  const [ahead, behind] = await Promise.all([
    listCommits(repository.git, [`${from.oid}..${to.oid}`], ["--reverse"]),
    listCommits(repository.git, [`${to.oid}..${from.oid}`]),
  ]);
  return {
    __typename: "Comparison",
    aheadBy: ahead.length,
    behindBy: behind.length,
    status:
      ahead.length && behind.length
        ? "DIVERGED"
        : ahead.length
          ? "AHEAD"
          : behind.length
            ? "BEHIND"
            : "IDENTICAL",
    commits: (given: Arguments) =>
      connection("ComparisonCommitConnection", ahead, given, (one) => commitNode(context, repository, one)),
  };
}

export async function listRefs(context: Context, repository: Repository, given: Arguments): Promise<Node> {
  const prefix = textOf(given, "refPrefix") ?? "refs/heads/";
  const lines = await repository.git.text(["for-each-ref", "--format=%(refname)"]);
  const wanted = textOf(given, "query");
  const names = lines
    .split("\n")
    .filter((name) => name.startsWith(prefix))
    .filter((name) => wanted === undefined || name.includes(wanted));
  if (objectOf(given, "orderBy").direction === "DESC" || textsOf(given, "direction")?.includes("DESC"))
    names.reverse();
  return connection("RefConnection", names, given, (name) => refNode(context, repository, name, prefix));
}
