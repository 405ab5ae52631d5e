import { moduleOf } from "../change/history.ts";
import { revertedAmong } from "./reverted.ts";
import type { WalkedChange } from "./walk/walked.ts";
import type { Word } from "./word.ts";

/** What the history of a branch is asked for to tell which of its changes failed. */
export type PastChange = Pick<
  WalkedChange,
  "commit" | "at" | "title" | "message" | "paths" | "says" | "takes"
> &
  Partial<Pick<WalkedChange, "parents">>;

const hotfixSeconds = 7 * 86_400;
/** A fix blames a change that wrote so many of the lines which it takes away, or so large a share of them. */
const blamed = { lines: 10, share: 0.25 };

/**
 * Which changes failed, as far as git can tell; changes come oldest first. A proxy: it misses what was mended quietly,
 * and blames at times a change that only stood there (docs/decisions/labels.md).
 */
export function gitWords(changes: readonly PastChange[]): Word[] {
  const earlier = revertedAmong<PastChange>();
  const lastOfModule = new Map<string, PastChange>();
  const words: Word[] = [];
  for (const change of changes) {
    const { commit: by, at, says } = change;
    const failed = { says: "failed", by, at } as const;
    const mended = mendedLines(change);
    if (says.revert)
      for (const { commit } of takenBack(change, earlier.by(change)))
        words.push({ ...failed, commit, because: "reverted" });
    else if (!says.hotfix) for (const commit of mended) words.push({ ...failed, commit, because: "fixed" });
    // Lines tell better than folders whom a hotfix mends.
    else
      for (const commit of mended.length > 0 ? mended : lastTo(change, lastOfModule))
        words.push({ ...failed, commit, because: "hotfixed" });
    earlier.add(change);
    for (const path of change.paths) lastOfModule.set(moduleOf(path), change);
  }
  return words;
}

/**
 * A message may name hundreds of changes, below what anybody reads of it. What takes a change back also touches a file of
 * it, and that is seen in a review.
 */
function takenBack({ paths }: PastChange, named: readonly PastChange[]): Set<PastChange> {
  const touched = new Set(paths);
  return new Set(named.filter((other) => other.paths.some((path) => touched.has(path))));
}

function mendedLines({ takes }: PastChange): string[] {
  const fair = takes.filter(({ lines, share }) => lines >= blamed.lines || share >= blamed.share);
  return fair.map(({ commit }) => commit);
}

/** The last change to each module that a hotfix touches, where it is no older than a week. */
function lastTo(hotfix: PastChange, lastOfModule: ReadonlyMap<string, PastChange>): Set<string> {
  const last = hotfix.paths.flatMap((path) => lastOfModule.get(moduleOf(path)) ?? []);
  return new Set(last.filter(({ at }) => hotfix.at - at <= hotfixSeconds).map(({ commit }) => commit));
}
