/** A bundle that is as small as it can be, for tests to bend. */
export const smallestBundle: Record<string, string> = {
  "risk-weights.yaml": `schema-version: 1
factors:
  size: { fact: diff.additions, curve: { kind: linear, points: 1, per: 10, max: 60 }, worst: 20, label: Lines }
  scan: { fact: vulnerabilities.critical, curve: { kind: flag, points: 50 }, worst: 50, label: Vulnerabilities }
criticality: { normal: 1, critical: 1.5 }
`,
  "strategy-mapping-policy.yaml": `schema-version: 1
strategies:
  rolling: { kind: rolling, steps: [{ batch: 50, window: 2m }] }
  canary: { kind: canary, steps: [{ weight: 10, window: 2m }, { weight: 100, window: 5m }] }
bands:
  - { up-to: 30, strategy: rolling }
  - { up-to: 100, strategy: canary }
overrides:
  - { name: schema, when: kinds.db_schema, approval: required }
`,
  "thresholds-and-windows.yaml": `schema-version: 1
defaults:
  approval: { from: 85 }
  change-window: { closed: approve }
  freeze: { during: block }
`,
  "guardrails.rules": `rule "back": when canary.error_rate > 2x_baseline for 3m then rollback\n`,
};

/** The smallest bundle with some files replaced, added, or (with undefined) left out. */
export function bundleWith(changes: Record<string, string | undefined>): Map<string, string> {
  const files = new Map(Object.entries(smallestBundle));
  for (const [name, text] of Object.entries(changes)) {
    if (text === undefined) files.delete(name);
    else files.set(name, text);
  }
  return files;
}

/** The same with one place of one file replaced. */
export function bundleReplacing(file: string, from: string, to: string): Map<string, string> {
  const text = smallestBundle[file] ?? "";
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  return bundleWith({ [file]: text.replace(from, to) });
}
