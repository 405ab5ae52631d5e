import type { ChangeFacts, KindName } from "../change/facts.ts";
import { deriveKinds } from "../change/kinds.ts";
import type { RiskWeights } from "../policy/schema.ts";
import { scoreFacts, shownScore } from "./score.ts";
import { named } from "./sentences.ts";

type Remedy = (
  facts: ChangeFacts,
  weights: RiskWeights,
) => { change: string; facts: ChangeFacts } | undefined;

const half = (count: number | null | undefined): number | null | undefined =>
  count == null ? count : Math.ceil(count / 2);

/** Single changes that an author could make, and the facts as they would be after it. */
const remedies: Remedy[] = [
  (facts) => {
    const diff = facts.diff;
    if (!diff || (diff.files ?? 0) < 2 || (diff.additions ?? 0) < 20) return undefined;
    const split = {
      ...diff,
      files: half(diff.files),
      additions: half(diff.additions),
      deletions: half(diff.deletions),
      directories: half(diff.directories),
    };
    return { change: "split it into two pull requests of equal size", facts: { ...facts, diff: split } };
  },
  (facts) => {
    const dependencies = facts.dependencies;
    if (!dependencies?.major) return undefined;
    const major = dependencies.changes?.filter((change) => change.major) ?? [];
    const names = named(major.map((change) => [change.name, change.to].filter(Boolean).join(" ")));
    const updated = Math.max(0, (dependencies.updated ?? 0) - dependencies.major);
    return {
      change: `${names ?? `the ${dependencies.major} major dependency bumps`} in a pull request of its own`,
      facts: { ...facts, dependencies: { ...dependencies, major: 0, updated } },
    };
  },
  (facts) =>
    facts.tests?.failed
      ? {
          change: `fix ${named(facts.tests.failed_names) ?? `the ${facts.tests.failed} failing tests`}`,
          facts: { ...facts, tests: { ...facts.tests, failed: 0, integration_failed: 0 } },
        }
      : undefined,
  (facts) =>
    facts.tests?.flaky
      ? {
          change: `steady ${named(facts.tests.flaky_names) ?? `the ${facts.tests.flaky} flaky tests`}`,
          facts: { ...facts, tests: { ...facts.tests, flaky: 0 } },
        }
      : undefined,
  (facts) =>
    facts.coverage?.delta && facts.coverage.delta < 0
      ? {
          change: "cover the new lines with tests",
          facts: { ...facts, coverage: { ...facts.coverage, delta: 0 } },
        }
      : undefined,
  (facts) =>
    facts.vulnerabilities?.critical || facts.vulnerabilities?.high
      ? {
          change: `mend ${named(facts.vulnerabilities.identifiers) ?? "the critical and high vulnerabilities"}`,
          facts: { ...facts, vulnerabilities: { ...facts.vulnerabilities, critical: 0, high: 0 } },
        }
      : undefined,
  ownPullRequest("db_schema", "the schema migration"),
  ownPullRequest("infrastructure", "the infrastructure change"),
  ownPullRequest("firmware", "the firmware change"),
  ownPullRequest("kernel_driver", "the driver change"),
  (facts) =>
    (facts.performance?.latency_percent ?? 0) > 0
      ? {
          change: "win back the latency",
          facts: { ...facts, performance: { ...facts.performance, latency_percent: 0 } },
        }
      : undefined,
];

function ownPullRequest(kind: KindName, what: string): Remedy {
  return (facts, weights) =>
    facts.kinds?.[kind] && !holdsOnly(facts, kind, weights)
      ? {
          change: `${what} in a pull request of its own`,
          facts: { ...facts, kinds: { ...facts.kinds, [kind]: false } },
        }
      : undefined;
}

/** A change that is nothing else is in a pull request of its own already. */
function holdsOnly({ diff }: ChangeFacts, kind: KindName, { kinds: patterns }: RiskWeights): boolean {
  const files = diff?.changed_files ?? [];
  const pattern = patterns?.[kind];
  if (!pattern || files.length === 0 || diff?.incomplete) return false;
  return files.every((file) => deriveKinds([file], "", { [kind]: pattern })[kind] === true);
}

/** What would lower the score: up to three single changes, the best first, with the score after each. */
export function counterfactuals(
  facts: ChangeFacts,
  weights: RiskWeights,
  scoreOf: (facts: ChangeFacts) => number | undefined = (some) => scoreFacts(some, weights).score,
): { change: string; score: number }[] {
  const shown = (some: ChangeFacts) => shownScore(scoreOf(some) ?? 100);
  const now = shown(facts);
  return remedies
    .flatMap((remedy) => remedy(facts, weights) ?? [])
    .map((remedy) => ({ change: remedy.change, score: shown(remedy.facts) }))
    .filter((option) => option.score < now)
    .sort((left, right) => left.score - right.score)
    .slice(0, 3);
}
