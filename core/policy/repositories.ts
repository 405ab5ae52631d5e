import { globMatches } from "./match.ts";

/**
 * Whether an organisation's configuration speaks for a repository: one of the globs fits, and none with a `!` before
 * it. A list that only excludes includes all others. GitHub's names have no case.
 */
export function speaksFor(repositories: readonly string[] | undefined, name: string): boolean {
  const globs = (repositories ?? []).map((glob) => glob.toLowerCase());
  const fits = (glob: string) => globMatches(glob, name.toLowerCase());
  if (globs.some((glob) => glob.startsWith("!") && fits(glob.slice(1)))) return false;
  const included = globs.filter((glob) => !glob.startsWith("!"));
  return included.length > 0 ? included.some(fits) : repositories === undefined || globs.length > 0;
}
