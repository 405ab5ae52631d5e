import type { RiskWeights } from "../policy/schema.ts";
import { isOverlongPath, matchablePath, matchesAny } from "./classify/globs.ts";
import { type ChangedFile, type KindName, kindNames } from "./facts.ts";

export type KindPatterns = NonNullable<RiskWeights["kinds"]>;
export type Kinds = Partial<Record<KindName, boolean | undefined>>;

export type KindsExtra = {
  /** The change takes back a commit exactly. A title never makes a revert: that kind opens gates. */
  reverts?: boolean | undefined;
  /** Not every file of the change is known. */
  incomplete?: boolean | undefined;
};

const longestTitle = 1000;

/**
 * What kind of change this is, from paths and title. Every file is asked, also those whose lines weigh 0: a migration
 * in a vendored folder is a migration. Where files are missing, a kind that was not seen is unknown rather than absent.
 */
export function deriveKinds(
  files: readonly Pick<ChangedFile, "path" | "previous_path">[],
  title: string | undefined,
  patterns: KindPatterns,
  extra: KindsExtra = {},
): Kinds {
  const named = files.flatMap((file) => [
    file.path,
    ...(file.previous_path == null ? [] : [file.previous_path]),
  ]);
  // No tool makes such a path, and no glob can be tried on all of it: it could be anything.
  const overlong = named.some(isOverlongPath);
  const paths = new Set(named.map(matchablePath));
  const words = title?.slice(0, longestTitle);
  const kinds: Kinds = {};
  for (const kind of kindNames) {
    if (kind === "revert") kinds.revert = extra.reverts;
    else if (overlong && patterns[kind]?.paths?.length) kinds[kind] = true;
    else kinds[kind] = isKind(patterns[kind], paths, words, extra.incomplete ?? false);
  }
  return kinds;
}

function isKind(
  pattern: KindPatterns[KindName],
  paths: ReadonlySet<string>,
  title: string | undefined,
  incomplete: boolean,
): boolean | undefined {
  const { titles = [], paths: globs = [] } = pattern ?? {};
  if (title !== undefined && titles.some((phrase) => mentions(title, phrase))) return true;
  const matches = matchesAny(globs, { ignoreCase: true });
  for (const path of paths) if (matches(path)) return true;
  const unseen = (incomplete && globs.length > 0) || (title === undefined && titles.length > 0);
  return unseen ? undefined : false;
}

/** A phrase counts at the bounds of words and without case; it is text, never an expression. */
export function mentions(title: string, phrase: string): boolean {
  const text = title.toLowerCase();
  const wanted = phrase.trim().toLowerCase();
  if (wanted === "") return false;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    if (isBound(text, at) && isBound(text, at + wanted.length)) return true;
  }
  return false;
}

const wordCharacter = /[\p{L}\p{N}_]/u;

function isBound(text: string, at: number): boolean {
  return !(wordCharacter.test(text.charAt(at - 1)) && wordCharacter.test(text.charAt(at)));
}
