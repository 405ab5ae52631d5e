/** What a part of the policy speaks for. An absent field speaks for everything. */
export type ScopeMatch = { service?: string | undefined; environment?: string | undefined };
export type Scope = { service?: string | undefined; environment?: string | undefined };

/** Names that people use for one and the same environment; the first is the canonical one. */
const environmentAliases = [
  ["production", "prod"],
  ["staging", "stage"],
  ["development", "dev"],
] as const;

/** Every spelling of an environment, in small letters, because "Production" and "production" are one environment to GitHub. */
export function environmentSpellings(name: string): readonly string[] {
  const small = name.toLowerCase();
  return environmentAliases.find((aliases) => aliases.some((alias) => alias === small)) ?? [small];
}

export function sameEnvironment(left: string, right: string): boolean {
  return environmentSpellings(left)[0] === environmentSpellings(right)[0];
}

export function environmentMatches(glob: string, environment: string): boolean {
  const small = glob.toLowerCase();
  return environmentSpellings(environment).some((spelling) => globMatches(small, spelling));
}

/** True where every field of the match fits. A service that is not known fits only an absent field or `*`. */
export function matchesScope(match: ScopeMatch | undefined, scope: Scope): boolean {
  const { service, environment } = match ?? {};
  if (service !== undefined && !globMatches(service, scope.service ?? "")) return false;
  return environment === undefined || environmentMatches(environment, scope.environment ?? "");
}

/**
 * `*` is any run of characters, `/` included; `?` is one character; all else is itself. Written by hand and not as
 * a regular expression, because the text may come from a pull request: work is at most glob × text, never more.
 */
export function globMatches(glob: string, text: string): boolean {
  let inGlob = 0;
  let inText = 0;
  let star = -1;
  let starText = 0;
  while (inText < text.length) {
    const wanted = glob[inGlob];
    if (wanted === "*") {
      star = inGlob++;
      starText = inText;
    } else if (wanted === "?" || (wanted !== undefined && wanted === text[inText])) {
      inGlob++;
      inText++;
    } else if (star >= 0) {
      inGlob = star + 1;
      inText = ++starText;
    } else {
      return false;
    }
  }
  while (glob[inGlob] === "*") inGlob++;
  return inGlob === glob.length;
}
