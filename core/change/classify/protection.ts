const bundleFiles = new Set([
  "adaptive-deploy.yml",
  "risk-weights.yaml",
  "strategy-mapping-policy.yaml",
  "thresholds-and-windows.yaml",
  "guardrails.rules",
  "calendar.yaml",
  "services.yaml",
  "policy-metadata.md",
  "CODEOWNERS",
]);

const securityWords = /\b(?:CVE-\d|GHSA-|security|vulnerab|exploit|RCE\b|XSS\b|CSRF\b|SSRF\b|injection\b)/i;

/** True where a commit message says that the commit fixed a weakness: taking such a commit back skips no gate. */
export function saysSecurityFix(message: string): boolean {
  return securityWords.test(message);
}

/** True for a path of the policy, wherever the bundle's folder is: its files are known by name. */
export function isPolicyPath(path: string): boolean {
  if (path.startsWith(".github/adaptive-deploy")) return true;
  return bundleFiles.has(path.slice(path.lastIndexOf("/") + 1));
}
