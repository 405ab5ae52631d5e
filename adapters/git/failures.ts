import { gitWords } from "../../core/learning/git-words.ts";
import { saysHotfix, saysRevert } from "../../core/learning/words.ts";
import type { LoggedCommit } from "./log.ts";

/** One merged change, as the proxy for failure needs it. */
export type PastChange = Pick<LoggedCommit, "sha" | "parents" | "committedAt" | "title" | "message"> & {
  paths: readonly string[];
};

/**
 * Which past changes failed, as far as their messages and paths tell: those that were reverted later, and the last change
 * to a module before a hotfix to it within seven days. Changes come newest first.
 */
export function failedChanges(changes: readonly PastChange[]): Set<PastChange> {
  const words = gitWords(
    changes.toReversed().map(({ sha, committedAt, ...change }) => ({
      ...{ ...change, commit: sha, at: committedAt, takes: [] },
      says: { fix: false, revert: saysRevert(change), hotfix: saysHotfix(change) },
    })),
  );
  const failed = new Set(words.map(({ commit }) => commit));
  return new Set(changes.filter(({ sha }) => failed.has(sha)));
}
