import type { RiskWeights, ScoredFact } from "../policy/schema.ts";

/** Columns of a model that know a fact of the weights; of a fact that is not here no model of ours knows anything. */
const columnsOfFact: Partial<Record<ScoredFact, readonly string[]>> = {
  "diff.files": ["nf", "heuristic"],
  "diff.additions": ["la", "heuristic"],
  "diff.deletions": ["ld", "heuristic"],
  "diff.directories": ["nd", "heuristic"],
  "diff.entropy": ["entropy", "heuristic"],
  "diff.churn": ["churn", "heuristic"],
  "kinds.db_schema": ["db_schema"],
  "kinds.infrastructure": ["infrastructure"],
  "kinds.firmware": ["firmware"],
  "kinds.kernel_driver": ["kernel_driver"],
  "author.changes_here": ["exp"],
};

/** The weights of what the model has not learnt from: tests, coverage, vulnerabilities, performance and the like. */
export function unlearntWeights(weights: RiskWeights, features: readonly string[]): RiskWeights {
  const learnt = new Set(features);
  const left = Object.entries(weights.factors).filter(
    ([, { fact }]) => !columnsOfFact[fact]?.some((column) => learnt.has(column)),
  );
  return { ...weights, factors: Object.fromEntries(left) };
}
