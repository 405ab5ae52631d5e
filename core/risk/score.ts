import { readFact, readTypical, typicalOf } from "../change/fact.ts";
import type { ChangeFacts } from "../change/facts.ts";
import type { RiskWeights, ScoredFact } from "../policy/schema.ts";
import { pointsOnCurve } from "./curve.ts";
import { shapleyValues } from "./shapley.ts";

export type ScoredContributor = {
  name: string;
  fact?: ScoredFact;
  value?: number | boolean | string;
  typical?: number;
  points: number;
};
export type UnknownFact = { name: string; fact: ScoredFact; worst: number };

/** A score before any rounding: contributors sum to score − reference. */
export type Score = {
  score: number;
  reference: number;
  contributors: ScoredContributor[];
  unknowns: UnknownFact[];
  /** The score if every unknown fact were at its worst. */
  worst: number;
};

/** A score is shown as an integer, half up. */
export function shownScore(score: number): number {
  return Math.floor(score + 0.5);
}

const clamp = (raw: number): number => Math.min(100, Math.max(0, raw));

/**
 * Scores a change under the weights of a policy, against the repository's median change where history knows it, else
 * against the empty change, which earns nothing. A fact that is not known counts on neither side.
 */
export function scoreFacts(facts: ChangeFacts, weights: RiskWeights): Score {
  const typicalFacts = typicalOf(facts);
  const multiplier = weights.criticality[facts.service?.criticality ?? "normal"];
  const referenceMultiplier = weights.criticality.normal;
  const known: ScoredContributor[] = [];
  const points: number[] = [];
  const referencePoints: number[] = [];
  const unknowns: UnknownFact[] = [];
  let sum = 0;
  let referenceSum = 0;
  let worstSum = 0;

  for (const name in weights.factors) {
    const factor = weights.factors[name];
    if (!factor || (factor.fact.startsWith("author.") && !weights["author-facts"])) continue;
    const value = readFact[factor.fact](facts);
    if (value === undefined || value === null) {
      unknowns.push({ name, fact: factor.fact, worst: factor.worst * multiplier });
      worstSum += factor.worst;
      continue;
    }
    const typical = typicalFacts ? (readTypical[factor.fact]?.(typicalFacts) ?? undefined) : undefined;
    const earned = pointsOnCurve(factor.curve, value);
    const reference = typical === undefined ? 0 : pointsOnCurve(factor.curve, typical);
    sum += earned;
    referenceSum += reference;
    points.push(earned);
    referencePoints.push(reference);
    known.push({ name, fact: factor.fact, value, ...(typical === undefined ? {} : { typical }), points: 0 });
  }

  const values = shapleyValues(points, referencePoints, multiplier, referenceMultiplier);
  const contributors: ScoredContributor[] = [];
  known.forEach((contributor, index) => {
    const share = values.factors[index] ?? 0;
    if (share !== 0) contributors.push({ ...contributor, points: share });
  });
  if (values.multiplier !== 0) {
    contributors.push({
      name: "criticality",
      value: facts.service?.criticality ?? "normal",
      points: values.multiplier,
    });
  }
  const raw = multiplier * sum;
  const referenceRaw = referenceMultiplier * referenceSum;
  const score = clamp(raw);
  const reference = clamp(referenceRaw);
  const cap = score - raw - (reference - referenceRaw);
  if (cap !== 0) contributors.push({ name: "cap", points: cap });
  contributors.sort(bySize);
  return { score, reference, contributors, unknowns, worst: clamp(multiplier * (sum + worstSum)) };
}

function bySize(left: ScoredContributor, right: ScoredContributor): number {
  return Math.abs(right.points) - Math.abs(left.points) || (left.name < right.name ? -1 : 1);
}
