import type { ScoredFact } from "../policy/schema.ts";
import type { ChangeFacts } from "./facts.ts";

type Read = (facts: ChangeFacts) => number | boolean | null | undefined;

/** Where each fact of the score stands in the document. */
export const readFact: Record<ScoredFact, Read> = {
  "diff.files": (facts) => facts.diff?.files,
  "diff.additions": (facts) => facts.diff?.additions,
  "diff.deletions": (facts) => facts.diff?.deletions,
  "diff.directories": (facts) => facts.diff?.directories,
  "diff.entropy": (facts) => facts.diff?.entropy,
  "diff.churn": (facts) => facts.diff?.churn,
  "tests.failed": (facts) => facts.tests?.failed,
  "tests.flaky": (facts) => facts.tests?.flaky,
  "tests.integration_failed": (facts) => facts.tests?.integration_failed,
  "tests.hardware_failed": (facts) => facts.tests?.hardware_failed,
  "coverage.delta": (facts) => facts.coverage?.delta,
  "dependencies.added": (facts) => facts.dependencies?.added,
  "dependencies.updated": (facts) => facts.dependencies?.updated,
  "dependencies.removed": (facts) => facts.dependencies?.removed,
  "dependencies.major": (facts) => facts.dependencies?.major,
  "vulnerabilities.critical": (facts) => facts.vulnerabilities?.critical,
  "vulnerabilities.high": (facts) => facts.vulnerabilities?.high,
  "vulnerabilities.medium": (facts) => facts.vulnerabilities?.medium,
  "performance.latency_percent": (facts) => facts.performance?.latency_percent,
  "performance.memory_percent": (facts) => facts.performance?.memory_percent,
  "performance.throughput_percent": (facts) => facts.performance?.throughput_percent,
  "kinds.db_schema": (facts) => facts.kinds?.db_schema,
  "kinds.kernel_driver": (facts) => facts.kinds?.kernel_driver,
  "kinds.firmware": (facts) => facts.kinds?.firmware,
  "kinds.driver_signing": (facts) => facts.kinds?.driver_signing,
  "kinds.infrastructure": (facts) => facts.kinds?.infrastructure,
  "kinds.hotfix": (facts) => facts.kinds?.hotfix,
  "kinds.revert": (facts) => facts.kinds?.revert,
  "kinds.backport": (facts) => facts.kinds?.backport,
  "kinds.policy": (facts) => facts.kinds?.policy,
  "history.failure_rate": (facts) => facts.history?.failure_rate,
  "history.days_since_rollback": (facts) => facts.history?.days_since_rollback,
  "history.days_since_incident": (facts) => facts.history?.days_since_incident,
  "author.changes_here": (facts) => facts.author?.changes_here,
  "author.days_here": (facts) => facts.author?.days_here,
};

type Typical = NonNullable<NonNullable<ChangeFacts["history"]>["typical"]>;

/** The same facts of the repository's median change, where history knows them. */
export const readTypical: Partial<Record<ScoredFact, (typical: Typical) => number | null | undefined>> = {
  "diff.files": (typical) => typical.files,
  "diff.additions": (typical) => typical.additions,
  "diff.deletions": (typical) => typical.deletions,
  "diff.directories": (typical) => typical.directories,
  "diff.entropy": (typical) => typical.entropy,
  "diff.churn": (typical) => typical.churn,
};

/** Below so many merged changes nothing is called typical. */
export const leastHistoryChanges = 30;

export function typicalOf(facts: ChangeFacts): Typical | undefined {
  const history = facts.history;
  if (!history?.typical || (history.changes ?? 0) < leastHistoryChanges) return undefined;
  return history.typical;
}
