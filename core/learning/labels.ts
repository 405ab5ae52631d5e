import { type FailureReason, failureReasons, type Label } from "./sample.ts";
import type { WalkedChange } from "./walk/walked.ts";
import type { Word } from "./word.ts";

export type LabelRules = {
  /** How long a change has to stay quiet until it counts; what git tells later than that counts no more. */
  delaySeconds: number;
  /** Until when the history was read, in seconds since 1970. */
  until: number;
};

type Labelled = Pick<WalkedChange, "commit" | "at" | "parents" | "paths" | "counts">;
type Said<Says extends Word["says"]> = Extract<Word, { says: Says }>;

/** So many files at once are brought from elsewhere, and nobody wrote them here. */
const importedFiles = 1000;
/** Known from lines and words alone, and so only as time passes. */
const fromGit: readonly FailureReason[] = ["reverted", "hotfixed", "fixed"];

/**
 * One label for each change. A failure goes before everything but a person who disputed it afterwards; what a release
 * showed goes before silence; and silence speaks well of a change only after the delay.
 */
export function labelsOf(changes: readonly Labelled[], words: readonly Word[], rules: LabelRules): Label[] {
  const said = new Map<string, Word[]>();
  for (const word of words) {
    const before = said.get(word.commit);
    if (before === undefined) said.set(word.commit, [word]);
    else before.push(word);
  }
  return changes.map((change) => labelOf(change, said.get(change.commit) ?? [], rules));
}

function labelOf(change: Labelled, words: readonly Word[], rules: LabelRules): Label {
  if (change.parents.length === 0 || change.paths.length >= importedFiles)
    return { went: "unknown", because: "merge-of-history" };
  if (!change.counts) return { went: "unknown", because: "nothing-counted" };
  const ripeAt = change.at + rules.delaySeconds;
  const isRipe = ripeAt <= rules.until;
  const disputedAt = lastAt(words, (word) => word.says === "unknown" && word.because === "disputed");
  const failed = words.filter(
    (word): word is Said<"failed"> =>
      word.says === "failed" &&
      word.at > disputedAt &&
      (!fromGit.includes(word.because) || (isRipe && word.at <= ripeAt)),
  );
  if (failed.length > 0) return failedBy(failed, change.at, ripeAt);
  const wellAt = lastAt(words, ({ says }) => says === "well");
  const unknown = words.find((word): word is Said<"unknown"> => word.says === "unknown" && word.at >= wellAt);
  if (unknown !== undefined) return { went: "unknown", because: unknown.because };
  const stableAt = lastAt(words, (word) => word.says === "well" && word.because === "stable");
  if (Number.isFinite(stableAt))
    return { went: "well", because: "stable", knownAt: Math.max(change.at, stableAt) };
  if (!isRipe) return { went: "unknown", because: "too-new" };
  return { went: "well", because: Number.isFinite(wellAt) ? "deployed" : "quiet", knownAt: ripeAt };
}

function lastAt(words: readonly Word[], wanted: (word: Word) => boolean): number {
  return Math.max(Number.NEGATIVE_INFINITY, ...words.filter(wanted).map(({ at }) => at));
}

/** Named by its strongest reason; it counts as soon as its first reason does. */
function failedBy(failed: readonly Said<"failed">[], at: number, ripeAt: number): Label {
  const countsAt = (word: Said<"failed">): number => (fromGit.includes(word.because) ? ripeAt : word.at);
  const strongest = failed.reduce((one, other) => (rank(other) < rank(one) ? other : one));
  return {
    went: "failed",
    because: strongest.because,
    by: strongest.by,
    knownAt: Math.max(at, Math.min(...failed.map(countsAt))),
    seenAt: Math.max(at, Math.min(...failed.map((word) => word.at))),
  };
}

function rank({ because }: Said<"failed">): number {
  return failureReasons.indexOf(because);
}
