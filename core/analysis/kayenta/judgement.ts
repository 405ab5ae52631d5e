import type { VerdictReason, VerdictWord } from "../verdict.ts";
import { classifyMetric, type KayentaClassification } from "./classify.ts";
import { type KayentaOptions, kayentaDefaults } from "./options.ts";
import { type GroupScore, groupScores, summaryScore } from "./score.ts";

export type KayentaMetric = {
  name: string;
  control: readonly (number | null)[];
  experiment: readonly (number | null)[];
};
export type KayentaPolicy = {
  /** Scores from which a canary passes, and from which it is marginal. */
  thresholds: { pass: number; marginal: number };
  groupWeights?: Readonly<Record<string, number>>;
  metrics?: Readonly<Record<string, Partial<KayentaOptions>>>;
};
export type KayentaMetricResult = KayentaClassification & {
  name: string;
  groups: readonly string[];
  muted: boolean;
};
export type KayentaJudgement = {
  /** As Kayenta says it. */
  score: number;
  classification: "Pass" | "Marginal" | "Fail";
  /** What follows from it here, where missing data holds and neither passes nor takes back. */
  verdict: VerdictWord;
  reasonCode: VerdictReason;
  reason: string;
  groups: GroupScore[];
  metrics: KayentaMetricResult[];
};
type Answer = Pick<KayentaJudgement, "verdict" | "reasonCode" | "reason">;

/** From this percentage of metrics without data on, Kayenta fails a canary. */
const mostWithoutData = 50;

/**
 * The judgement of Kayenta's NetflixACAJudge on all metrics, and the verdict that follows: Pass promotes, Marginal slows
 * down, Fail takes back. Where Kayenta fails for missing data, the verdict is hold, unless policy says of a critical
 * metric that it must have data; and nothing is promoted where no metric has any.
 */
export function kayentaJudgement(
  given: readonly KayentaMetric[],
  { thresholds, groupWeights = {}, metrics: options = {} }: KayentaPolicy,
): KayentaJudgement {
  const metrics = given.map(({ name, control, experiment }) => {
    const own = { ...kayentaDefaults, ...(Object.hasOwn(options, name) ? options[name] : {}) };
    return { name, groups: own.groups, muted: own.muted, own, ...classifyMetric(control, experiment, own) };
  });
  const judged = metrics.filter(({ muted }) => !muted);
  const groups = groupScores(judged);
  const failing = judged.filter(({ critical, classification }) => critical && classification !== "Pass");
  const silent = judged.filter(({ classification }) => classification === "Nodata");
  const mostlySilent = (silent.length / judged.length) * 100 >= mostWithoutData;
  const score = failing.length > 0 || mostlySilent ? 0 : summaryScore(groups, groupWeights);
  const decisive = failing.find(({ classification, own }) => classification !== "Nodata" || own.mustHaveData);

  let answer: Answer;
  if (!judged.some(({ measured }) => measured)) answer = hold("no metric has data on both sides");
  else if (decisive) answer = rollback(decisive);
  else if (failing[0]) answer = hold(`${failing[0].name} is critical and has no data`);
  else if (mostlySilent) answer = hold(`${silent.length} of ${judged.length} metrics have no data`);
  else answer = byScore(score, thresholds);
  return {
    score,
    classification: classificationOf(score, thresholds),
    ...answer,
    groups,
    metrics: metrics.map(({ own: _, ...metric }) => metric),
  };
}

const hold = (reason: string): Answer => ({ verdict: "hold", reasonCode: "no-data", reason });

function rollback({ name, reason }: Pick<KayentaMetricResult, "name" | "reason">): Answer {
  return { verdict: "rollback", reasonCode: "critical-metric", reason: `${name}: ${reason}` };
}

function classificationOf(
  score: number,
  { pass, marginal }: KayentaPolicy["thresholds"],
): KayentaJudgement["classification"] {
  if (score >= pass) return "Pass";
  return score >= marginal ? "Marginal" : "Fail";
}

function byScore(score: number, thresholds: KayentaPolicy["thresholds"]): Answer {
  switch (classificationOf(score, thresholds)) {
    case "Pass":
      return {
        verdict: "promote",
        reasonCode: "healthy",
        reason: `score ${score}, ${thresholds.pass} passes`,
      };
    case "Marginal":
      return {
        verdict: "slow",
        reasonCode: "score-below-pass",
        reason: `score ${score}, below the ${thresholds.pass} that passes`,
      };
    case "Fail":
      return {
        verdict: "rollback",
        reasonCode: "score-below-marginal",
        reason: `score ${score}, below the ${thresholds.marginal} that is marginal`,
      };
  }
}
