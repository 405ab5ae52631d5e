import type { Pull, Repository } from "../state.ts";
import { mergeBase } from "./commit.ts";
import { inTurn } from "./in-turn.ts";
import { type Signatures, writeCommit } from "./write.ts";

/** The ends of a pull request as git has them now, or as they were when it was closed. */
export type PullEnds = { head: string; base: string; mergeBase: string | null };

async function tip(repository: Repository | null, branch: string): Promise<string | null> {
  return (await repository?.git.info(`refs/heads/${branch}`))?.oid ?? null;
}

/** Brings the head into the base repository as `refs/pull/<n>/head`, where it stays when the branch goes. */
export function fetchHead(repository: Repository, pull: Pull): Promise<string> {
  return inTurn(pull, async () => {
    const ref = `refs/pull/${pull.number}/head`;
    const kept = (await repository.git.info(ref))?.oid ?? null;
    const now = await tip(pull.headRepository, pull.headRef);
    if (now === null && kept === null)
      throw new Error(`Pull request ${pull.number}: ${repository.fullName} has no branch ${pull.headRef}.`);
    if (now === null || now === kept) return kept ?? "";
    const source = pull.headRepository;
    const refspec = `+refs/heads/${pull.headRef}:${ref}`;
    if (source && source !== repository)
      await repository.git.run(["fetch", "--quiet", "--no-tags", source.git.folder, refspec]);
    else await pin(repository, ref, now);
    return now;
  });
}

export async function pullEnds(repository: Repository, pull: Pull): Promise<PullEnds> {
  const head = pull.frozen?.head ?? (await fetchHead(repository, pull));
  const base = pull.frozen?.base ?? (await tip(repository, pull.baseRef)) ?? head;
  return { head, base, mergeBase: await mergeBase(repository.git, base, head) };
}

async function pin({ git }: Repository, ref: string, commit: string): Promise<void> {
  if (!(await git.move(ref, commit, ""))) throw new Error(`git does not set ${ref} in ${git.folder}.`);
}

type TestMerge = { base: string; head: string; commit: string | null };
const testMerges = new WeakMap<Pull, TestMerge>();

/** A merge commit of base and head as GitHub makes for `refs/pull/<n>/merge`; null where they conflict. */
export function testMerge(repository: Repository, pull: Pull, ends: PullEnds): Promise<string | null> {
  return inTurn(pull, async () => {
    const known = testMerges.get(pull);
    if (known?.base === ends.base && known.head === ends.head) return known.commit;
    const commit = await makeTestMerge(repository, pull, ends);
    if (commit) await pin(repository, `refs/pull/${pull.number}/merge`, commit);
    testMerges.set(pull, { ...ends, commit });
    return commit;
  });
}

async function makeTestMerge(
  { git }: Repository,
  pull: Pull,
  { base, head }: PullEnds,
): Promise<string | null> {
  try {
    const tree = await git.text(["merge-tree", "--write-tree", base, head]);
    const message = `Merge ${head} into ${base}`;
    return writeCommit(git, { tree, parents: [base, head], message }, fixedIdentity(pull.createdAt));
  } catch {
    return null;
  }
}

/** With a fixed date the same merge keeps its name however often it is asked for. */
export function fixedIdentity(date: string, name = "GitHub", email = "noreply@github.com"): Signatures {
  return {
    author: { name, email, date },
    committer: { name: "GitHub", email: "noreply@github.com", date },
  };
}
