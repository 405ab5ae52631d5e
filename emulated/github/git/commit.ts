import type { Git } from "./git.ts";

export type Signature = { name: string; email: string; date: string };
export type Commit = {
  oid: string;
  tree: string;
  parents: string[];
  author: Signature;
  committer: Signature;
  message: string;
};

function signature(line: string): Signature {
  const match = /^(.*) <(.*)> (\d+) [+-]\d{4}$/.exec(line);
  const seconds = Number(match?.[3] ?? 0);
  return {
    name: match?.[1] ?? "",
    email: match?.[2] ?? "",
    date: new Date(seconds * 1000).toISOString().replace(".000Z", "Z"),
  };
}

export function parseCommit(oid: string, raw: string): Commit {
  const split = raw.indexOf("\n\n");
  const head = split < 0 ? raw : raw.slice(0, split);
  const commit: Commit = {
    oid,
    tree: "",
    parents: [],
    author: signature(""),
    committer: signature(""),
    message: split < 0 ? "" : raw.slice(split + 2).replace(/\n$/, ""),
  };
  for (const line of head.split("\n")) {
    const space = line.indexOf(" ");
    const value = line.slice(space + 1);
    const key = line.slice(0, space);
    if (key === "tree") commit.tree = value;
    else if (key === "parent") commit.parents.push(value);
    else if (key === "author") commit.author = signature(value);
    else if (key === "committer") commit.committer = signature(value);
  }
  return commit;
}

/** The commit that an expression names, tags peeled; null where it names none. */
export async function readCommit(git: Git, expression: string): Promise<Commit | null> {
  const found = await git.object(`${expression}^{commit}`);
  return found?.type === "commit" ? parseCommit(found.oid, found.content.toString("utf8")) : null;
}

/** A branch before a tag before any revision, as GitHub resolves `ref` parameters. */
export async function resolveCommit(git: Git, ref: string): Promise<Commit | null> {
  for (const expression of [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
    const commit = await readCommit(git, expression);
    if (commit) return commit;
  }
  return null;
}

export async function mergeBase(git: Git, left: string, right: string): Promise<string | null> {
  try {
    return (await git.lasting(["merge-base", left, right])).trimEnd();
  } catch {
    return null;
  }
}

/** Newest first, as `git rev-list` walks; `range` is anything that rev-list takes. */
export async function listCommits(git: Git, range: string[], more: string[] = []): Promise<Commit[]> {
  const oids = (await git.lasting(["rev-list", ...more, ...range, "--"])).split("\n").filter(Boolean);
  const commits = await Promise.all(oids.map((oid) => readCommit(git, oid)));
  return commits.filter((commit) => commit !== null);
}
