import type { ChangeFacts } from "../change/facts.ts";
import type { RiskWeights, ScoredFact } from "../policy/schema.ts";
import type { ScoredContributor } from "./score.ts";

/** A sentence for a person behind each contributor. Names from the change are data: whoever shows it escapes it. */
export function contributorSentence(
  contributor: ScoredContributor,
  facts: ChangeFacts,
  weights: RiskWeights,
): string {
  if (contributor.name === "criticality")
    return `The service is ${contributor.value}: every point weighs more`;
  if (contributor.name === "cap") return "A score ends at 0 and at 100";
  if (contributor.name === "rounding") return "Scores are shown as whole numbers";
  const label = weights.factors[contributor.name]?.label ?? contributor.name;
  const detail = contributor.fact ? details[contributor.fact]?.(facts) : undefined;
  return detail ? `${label}: ${detail}` : label;
}

const details: Partial<Record<ScoredFact, (facts: ChangeFacts) => string | undefined>> = {
  "diff.churn": (facts) => named(facts.diff?.busiest_files?.map(baseName)),
  "dependencies.major": (facts) =>
    named(
      facts.dependencies?.changes
        ?.filter((change) => change.major)
        .map((change) => `${change.name} ${change.from ?? "?"} → ${change.to ?? "?"}`),
    ),
  "dependencies.added": (facts) =>
    named(
      facts.dependencies?.changes?.filter((change) => !change.from && change.to).map((change) => change.name),
    ),
  "tests.failed": (facts) => named(facts.tests?.failed_names),
  "tests.flaky": (facts) => named(facts.tests?.flaky_names),
  "vulnerabilities.critical": (facts) => named(facts.vulnerabilities?.identifiers),
};

/** "a, b, 3 more": two names at most, so that a sentence stays one. */
export function named(names: readonly string[] | null | undefined): string | undefined {
  if (!names?.length) return undefined;
  const shown = names.slice(0, 2).join(", ");
  return names.length > 2 ? `${shown}, ${names.length - 2} more` : shown;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
