/** What a caller may do; a token of GitHub Actions has those of its repository, a service token those it was given. */
export const scopes = [
  "facts:write",
  "facts:trusted",
  "decisions:read",
  "decisions:write",
  "events:write",
  "policies:read",
  "ledger:read",
  "ledger:write",
  "analysis:ask",
] as const;
export type Scope = (typeof scopes)[number];

export function isScope(text: string): text is Scope {
  return scopes.some((scope) => scope === text);
}
