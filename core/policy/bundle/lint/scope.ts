import { globMatches } from "../../match.ts";

type Match = { service?: string | undefined; environment?: string | undefined };

/** Index of a later scope that matches everything which this one does, where `also` holds as well. */
export function coveringScope<Scope extends { match: Match }>(
  scopes: readonly Scope[],
  index: number,
  also: (later: Scope) => boolean = () => true,
): number | undefined {
  const scope = scopes[index];
  if (scope === undefined) return undefined;
  const found = scopes.findIndex(
    (later, at) => at > index && covers(later.match, scope.match) && also(later),
  );
  return found === -1 ? undefined : found;
}

function covers(wide: Match, narrow: Match): boolean {
  return globCovers(wide.service, narrow.service) && globCovers(wide.environment, narrow.environment);
}

/** A glob read as text is matched by every glob that matches all of what it stands for, where only `*` is wild. */
function globCovers(wide: string | undefined, narrow: string | undefined): boolean {
  if (wide === undefined || wide === "*") return true;
  if (narrow === undefined) return false;
  return wide === narrow || (!wide.includes("?") && globMatches(wide, narrow));
}
