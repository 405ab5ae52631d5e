import type { Pull, Repository } from "../state.ts";
import { mergeBase } from "./commit.ts";

/** The ends of a pull request as git has them now, or as they were when it was closed. */
export type PullEnds = { head: string; base: string; mergeBase: string | null };

async function tip(repository: Repository | null, branch: string): Promise<string | null> {
  return (await repository?.git.info(`refs/heads/${branch}`))?.oid ?? null;
}

/** Brings the head into the base repository as `refs/pull/<n>/head`, where it stays when the branch goes. */
export async function fetchHead(repository: Repository, pull: Pull): Promise<string> {
  const ref = `refs/pull/${pull.number}/head`;
  const kept = (await repository.git.info(ref))?.oid ?? null;
  const now = await tip(pull.headRepository, pull.headRef);
  if (now === null && kept === null)
    throw new Error(`Pull request ${pull.number}: ${repository.fullName} has no branch ${pull.headRef}.`);
  if (now === null || now === kept) return kept ?? "";
  const source = pull.headRepository;
  if (source && source !== repository)
    await repository.git.run([
      "fetch",
      "--quiet",
      "--no-tags",
      source.git.folder,
      `+refs/heads/${pull.headRef}:${ref}`,
    ]);
  else await repository.git.run(["update-ref", ref, now]);
  return now;
}

export async function pullEnds(repository: Repository, pull: Pull): Promise<PullEnds> {
  const head = pull.frozen?.head ?? (await fetchHead(repository, pull));
  const base = pull.frozen?.base ?? (await tip(repository, pull.baseRef)) ?? head;
  return { head, base, mergeBase: await mergeBase(repository.git, base, head) };
}

/** A merge commit of base and head as GitHub makes for `refs/pull/<n>/merge`; null where they conflict. */
export async function testMerge(repository: Repository, pull: Pull, ends: PullEnds): Promise<string | null> {
  const { git } = repository;
  try {
    const tree = await git.text(["merge-tree", "--write-tree", ends.base, ends.head]);
    const commit = await git.text(
      ["commit-tree", tree, "-p", ends.base, "-p", ends.head, "-m", `Merge ${ends.head} into ${ends.base}`],
      { env: fixedIdentity(pull.createdAt) },
    );
    await git.run(["update-ref", `refs/pull/${pull.number}/merge`, commit]);
    return commit;
  } catch {
    return null;
  }
}

/** With a fixed date the same merge keeps its name however often it is asked for. */
export function fixedIdentity(
  date: string,
  name = "GitHub",
  email = "noreply@github.com",
): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: name,
    GIT_AUTHOR_EMAIL: email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: "GitHub",
    GIT_COMMITTER_EMAIL: "noreply@github.com",
    GIT_COMMITTER_DATE: date,
  };
}
