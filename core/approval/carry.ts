/**
 * May an approval of a pull request's head count for the commit that the merge made of it? Only where every commit of
 * the range came with a pull request, and what was merged is to the letter what was approved.
 */

export type RangeCommit = { sha: string; parents: readonly string[] };
export type PullOfCommit = {
  number: number;
  head: string;
  /** Absent while it is not merged: in a merge group it cannot be yet. */
  mergeCommit?: string;
};
/** Commits that one pull request brought to the branch: what was merged lies between `from` and `to`. */
export type Segment = { pull: PullOfCommit; from: string; to: string };
export type NotCarried = { carried: false; reason: "approval-not-carried"; sentence: string };

/** What was found out about a segment. A patch that is unknown proves nothing. */
export type JudgedSegment<Approval> = {
  segment: Segment;
  approvedPatch?: string | undefined;
  mergedPatch?: string | undefined;
  approvals: readonly Approval[];
};
export type Carried<Approval> = { carried: true; approvals: Approval[] } | NotCarried;

export function notCarried(sentence: string): NotCarried {
  return { carried: false, reason: "approval-not-carried", sentence };
}

const bypass = "Somebody who may bypass the rule on GitHub can let it go.";

const short = (sha: string): string => sha.slice(0, 12);

/** The branch itself, newest first: what a merge brought in from beside it is judged with the merge. */
export function firstParents<Commit extends RangeCommit>(
  commits: readonly Commit[],
  base: string,
  head: string,
): Commit[] | NotCarried {
  const known = new Map(commits.map((commit) => [commit.sha, commit]));
  const line: Commit[] = [];
  for (let sha = head; sha !== base; ) {
    const commit = known.get(sha);
    const [parent] = commit?.parents ?? [];
    if (commit === undefined || parent === undefined || line.length > commits.length)
      return notCarried(
        `No approval carries over: the way from ${short(head)} back to ${short(base)} breaks at ${short(sha)}.`,
      );
    line.push(commit);
    sha = parent;
  }
  return line;
}

/**
 * Which pull request each commit of the branch came with. A merge or a squash is one commit, the one that GitHub made;
 * a rebase is a row of them that ends in it.
 */
export function segmentsOf(
  line: readonly RangeCommit[],
  pullsOf: ReadonlyMap<string, readonly PullOfCommit[]>,
): Segment[] | NotCarried {
  const segments: Segment[] = [];
  for (let at = 0; at < line.length; ) {
    const last = line[at];
    if (last === undefined) break;
    const pull = madeBy(last, pullsOf.get(last.sha) ?? []);
    if (pull === undefined) return notCarried(unmapped(last.sha));
    let first = last;
    for (at++; at < line.length; at++) {
      const older = line[at];
      if (older === undefined || !isRebased(first, older, pull, pullsOf)) break;
      first = older;
    }
    segments.push({ pull, from: first.parents[0] ?? "", to: last.sha });
  }
  return segments;
}

function madeBy(commit: RangeCommit, pulls: readonly PullOfCommit[]): PullOfCommit | undefined {
  const merged = pulls.filter(({ mergeCommit }) => mergeCommit === commit.sha);
  const open = pulls.filter(({ mergeCommit }) => mergeCommit === undefined);
  const [only, another] = merged.length > 0 ? merged : open;
  return another === undefined ? only : undefined;
}

/** A commit with one parent below a rebase's last, which itself is no merge of another pull request. */
function isRebased(
  newer: RangeCommit,
  older: RangeCommit,
  pull: PullOfCommit,
  pullsOf: ReadonlyMap<string, readonly PullOfCommit[]>,
): boolean {
  const pulls = pullsOf.get(older.sha) ?? [];
  return (
    newer.parents.length === 1 &&
    older.parents.length === 1 &&
    pulls.length === 1 &&
    pulls[0]?.number === pull.number &&
    pull.mergeCommit !== undefined
  );
}

function unmapped(sha: string): string {
  return (
    `No approval carries over: the commit ${short(sha)} came with no pull request that GitHub names, so nobody ` +
    `approved it. Take it off the branch and land it by a pull request; else: ${bypass}`
  );
}

/** Every segment needs its own people; together they then are enough for the whole. */
export function carry<Approval extends { actor: string }>(
  judged: readonly JudgedSegment<Approval>[],
  needed: number,
): Carried<Approval> {
  const missing = judged.flatMap((one) => missingIn(one, needed));
  if (missing.length > 0) return notCarried(missingSentence(missing));
  for (const one of judged) {
    const sentence = refusalOf(one);
    if (sentence !== undefined) return notCarried(sentence);
  }
  return { carried: true, approvals: judged.flatMap(({ approvals }) => approvals) };
}

const mostNamed = 10;

/** Whatever a pull request lacks is said of it and of every other, so that one look tells what is to be done. */
function missingSentence(missing: readonly string[]): string {
  const more = missing.length > mostNamed ? `, and ${missing.length - mostNamed} more` : "";
  return (
    `No approval carries over: pull requests of this range lack approvals that still count: ` +
    `${missing.slice(0, mostNamed).join(", ")}${more}. Approve each of them, merged or not.`
  );
}

function missingIn<Approval extends { actor: string }>(
  { segment, approvals }: JudgedSegment<Approval>,
  needed: number,
): string[] {
  const people = new Set(approvals.map(({ actor }) => actor.toLowerCase())).size;
  if (people >= needed) return [];
  return [`#${segment.pull.number} (${people} of ${needed} at ${short(segment.pull.head)})`];
}

function refusalOf<Approval>({
  segment,
  approvedPatch,
  mergedPatch,
}: JudgedSegment<Approval>): string | undefined {
  const { pull, to } = segment;
  const which = `the commit ${short(to)} came with #${pull.number}`;
  if (approvedPatch === undefined || mergedPatch === undefined) {
    return `No approval carries over: ${which}, and ${approvedPatch === undefined ? "what was approved" : "what was merged"} is binary, cut or too large to be compared. ${bypass}`;
  }
  if (approvedPatch !== mergedPatch) {
    return `No approval carries over: ${which}, and what was merged is not to the letter what was approved at ${short(pull.head)}. ${bypass}`;
  }
  return undefined;
}
