import { openChain, seal } from "../../core/evidence/chain.ts";
import { tampered } from "../../core/evidence/fault.ts";
import { HeadMoved } from "../../core/evidence/head-moved.ts";
import { segmentText } from "../../core/evidence/segment.ts";
import { branchOf, branchPrefix, streamOfBranch } from "../../core/evidence/stream.ts";
import type { Head, Ledger } from "../../core/ports.ts";
import { gitIn } from "./git.ts";
import { type Committer, writeCommit } from "./git-commit.ts";
import { localBranches } from "./git-local.ts";
import { remoteBranches } from "./git-remote.ts";
import { readLastSegment, readSegments } from "./git-tree.ts";
import { lastEvent } from "./last-event.ts";

/** Where the branches live: in the repository itself, or on a remote of it. */
export type Branches = {
  list(): Promise<string[]>;
  /** The commit that a branch points to, with its objects at hand; null where there is no such branch. */
  tip(branch: string): Promise<string | null>;
  /** Moves a branch from one commit to its child, or from nothing to a first commit; false where it had moved. */
  advance(branch: string, commit: string, parent: string | null): Promise<boolean>;
};

export type GitBranchOptions = {
  /** Folder of a checkout or a bare repository. */
  repository: string;
  /** Name or address of the remote that holds the ledger; null keeps it in this repository alone. */
  remote: string | null;
  committer?: Committer;
};

/**
 * A ledger on orphan branches over plain git. An append is one commit whose parent is the expected head, so that
 * a push without force compares and swaps: the server takes it only while the branch still points to the parent.
 * Why the files look as they do: docs/decisions/ledger-on-a-branch.md.
 */
export function gitBranchLedger(options: GitBranchOptions): Ledger {
  const git = gitIn(options.repository);
  const branches = options.remote === null ? localBranches(git) : remoteBranches(git, options.remote);

  const headAt = async (stream: string, commit: string | null): Promise<Head | null> => {
    const segment = commit === null ? null : await readLastSegment(git, commit);
    if (segment === null) return null;
    const last = lastEvent(stream, segment);
    if ("sentence" in last) throw tampered(last);
    return last;
  };

  return {
    streams: async () => {
      const names = (await branches.list()).filter((name) => name.startsWith(branchPrefix));
      return names
        .map(streamOfBranch)
        .filter((stream) => stream !== null)
        .sort();
    },
    head: async (stream) => await headAt(stream, await branches.tip(branchOf(stream))),
    read: async (stream) => {
      const commit = await branches.tip(branchOf(stream));
      return openChain(stream, commit === null ? [] : await readSegments(git, commit));
    },
    append: async (stream, events, expected) => {
      const branch = branchOf(stream);
      const sealed = seal(stream, expected, events);
      const first = sealed[0];
      if (first === undefined) return [];
      const parent = await branches.tip(branch);
      if ((await headAt(stream, parent))?.hash !== expected?.hash) throw new HeadMoved(stream);
      const content = { first: first.sequence, text: segmentText(sealed), events: sealed };
      const commit = await writeCommit(options.repository, parent, content, options.committer);
      if (!(await branches.advance(branch, commit, parent))) throw new HeadMoved(stream);
      return sealed;
    },
  };
}
