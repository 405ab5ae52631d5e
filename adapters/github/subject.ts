/** What a run is about, read from its event: enough to ask GitHub for everything else in one round trip. */
export type Subject = {
  kind: "change" | "group" | "release";
  owner: string;
  name: string;
  /** The base as the event knows it; the merge base is GitHub's answer. Absent: the last that succeeded, or the parent. */
  base?: string;
  head: string;
  baseBranch: string;
  defaultBranch?: string;
  title: string;
  author?: string;
  authorIsBot: boolean;
  /** A fork's or Dependabot's run has a read-only token: summary only, exit 0. */
  readOnly: boolean;
  fromFork: boolean;
  /** True where the workflow comes from the default branch, so that what it measured may be believed. */
  trustedRun: boolean;
  environment?: string;
  /** The last pull request of a merge group, as its branch names it. */
  lastQueued?: number;
  pullRequest?: { number: number; changedFiles?: number; comments?: number; reverts?: number };
};
