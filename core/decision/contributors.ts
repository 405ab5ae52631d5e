import type { PolicyBundle, Thresholds } from "../policy/schema.ts";
import { columnValue } from "../risk/column-words.ts";
import { type ScoredContributor, shownScore } from "../risk/score.ts";
import { contributorSentence } from "../risk/sentences.ts";
import type { Reading } from "./reading.ts";
import type { Contributor, ServiceDecision } from "./shape.ts";

/** The integers shown differ from the exact scores by a rounding, which is a contributor so that the sum stays exact. */
export function contributorsOf(reading: Reading, policy: PolicyBundle): Contributor[] {
  const { score, reference } = reading.voice ?? reading.exact;
  const own = reading.voice ? ofModel(reading) : ofWeights(reading.exact.contributors, reading, policy);
  const rounding = shownScore(score) - score - (shownScore(reference) - reference);
  if (rounding === 0) return own;
  return [...own, ...ofWeights([{ name: "rounding", points: rounding }], reading, policy)];
}

function ofWeights(
  contributors: readonly ScoredContributor[],
  { facts }: Reading,
  { weights }: PolicyBundle,
): Contributor[] {
  return contributors.map((contributor) => ({
    name: contributor.name,
    ...(contributor.value === undefined ? {} : { value: contributor.value }),
    ...(contributor.typical === undefined ? {} : { typical: contributor.typical }),
    points: contributor.points,
    direction: contributor.points < 0 ? "lowers" : "raises",
    sentence: contributorSentence(contributor, facts, weights),
  }));
}

/** Rescaled from the model's log-odds, which `model.contributors` has. */
function ofModel({ heard }: Reading): Contributor[] {
  return (heard?.answer.contributors ?? [])
    .filter(({ points }) => points !== 0)
    .map(({ name, value, typical, points, sentence }) => ({
      name,
      ...(value === undefined ? {} : { value: columnValue(name, value) }),
      ...(typical === undefined ? {} : { typical: columnValue(name, typical) }),
      points,
      direction: points < 0 ? "lowers" : "raises",
      sentence,
    }));
}

/** Under a model: the columns that it lacks, which no points can be said of, and what only the weights ask for. */
export function unknownsOf(
  { exact, facts, voice, unlearnt }: Reading,
  thresholds: Thresholds,
): ServiceDecision["unknowns"] {
  const ofPoints = (unlearnt ?? exact).unknowns.map(({ name, worst }) => ({ name, worst }));
  const columns = (voice?.unknown ?? []).map((name) => ({ name, worst: 0 }));
  const budget = thresholds["error-budget"] && facts.context?.error_budget_left_percent == null;
  return [...ofPoints, ...columns, ...(budget ? [{ name: "error-budget", worst: 0 }] : [])];
}
