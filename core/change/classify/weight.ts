import type { ChangedFile, NotCountedReason } from "../facts.ts";
import { matchesAny } from "./globs.ts";
import { isPlainPath, type PathReason, pathReason } from "./paths.ts";

export type WeightRules = {
  notCounted?: readonly string[] | undefined;
  counted?: readonly string[] | undefined;
};

/** What is left of a file for the score. */
export type Weight = {
  /** Why the whole file weighs 0; absent where it counts. */
  reason?: NotCountedReason;
  /** Lines that count; undefined where nobody counted them. */
  additions?: number;
  deletions?: number;
  /** Lines left out, of a whole file or, under `whitespace`, of a file that otherwise counts. */
  notCountedLines: number;
};

export function weightOf(file: ChangedFile, rules: WeightRules): Weight {
  const additions = file.additions ?? undefined;
  const deletions = file.deletions ?? undefined;
  const reason = wholeFileReason(file, rules);
  if (reason)
    return { reason, additions: 0, deletions: 0, notCountedLines: (additions ?? 0) + (deletions ?? 0) };
  const blankAdditions = Math.min(file.whitespace_additions ?? 0, additions ?? 0);
  const blankDeletions = Math.min(file.whitespace_deletions ?? 0, deletions ?? 0);
  const notCountedLines = blankAdditions + blankDeletions;
  const lines = (additions ?? 0) + (deletions ?? 0);
  const known = additions !== undefined && deletions !== undefined;
  if (known && lines > 0 && notCountedLines === lines) {
    return { reason: "whitespace", additions: 0, deletions: 0, notCountedLines };
  }
  return {
    ...(additions === undefined ? {} : { additions: additions - blankAdditions }),
    ...(deletions === undefined ? {} : { deletions: deletions - blankDeletions }),
    notCountedLines,
  };
}

function wholeFileReason(file: ChangedFile, rules: WeightRules): NotCountedReason | undefined {
  if (file.status === "renamed" && file.additions === 0 && file.deletions === 0) return "rename";
  const paths = file.previous_path == null ? [file.path] : [file.path, file.previous_path];
  const isListed = (globs: readonly string[] | undefined, path: string) =>
    isPlainPath(path) && matchesAny(globs)(path);
  const forced = paths.some((path) => isListed(rules.counted, path));
  if (forced) return file.binary && file.additions == null ? "binary" : undefined;
  if (file.binary) return "binary";
  if (file.generated) return "generated";
  if (file.vendored) return "vendored";
  // Where a file was moved, old and new path must both weigh 0: code moved into vendor/ while edited still counts.
  const reasons = paths.map((path) => declaredReason(pathReason(path), file));
  if (reasons.every((reason) => reason !== undefined)) return reasons[0];
  return paths.every((path) => isListed(rules.notCounted, path)) ? "policy" : undefined;
}

/** `.gitattributes` of the base may say that a rule is wrong about a file. */
function declaredReason(reason: PathReason | undefined, file: ChangedFile): PathReason | undefined {
  if (file.vendored === false && (reason === "vendored" || reason === "minified")) return undefined;
  if (file.generated === false && reason !== "vendored") return undefined;
  return reason;
}
