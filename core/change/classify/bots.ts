const knownBots = new Set([
  "allcontributors",
  "dependabot",
  "dependabot-preview",
  "depfu",
  "github-actions",
  "greenkeeper",
  "imgbot",
  "mergify",
  "pre-commit-ci",
  "pyup-bot",
  "release-please",
  "renovate",
  "renovate-bot",
  "renovate bot",
  "semantic-release-bot",
  "snyk-bot",
  "web-flow-bot",
  "whitesource-bolt",
]);

/** True for an account that GitHub marks as a bot, or one of the well-known ones. */
export function isBotAccount(name: string, email = ""): boolean {
  const lower = name.trim().toLowerCase();
  if (lower.endsWith("[bot]") || knownBots.has(lower)) return true;
  return /\[bot\]@users\.noreply\.github\.com$/.test(email.trim().toLowerCase());
}
