import { type Bands, modelBands } from "../policy/model-bands.ts";
import { modelDefaults } from "../policy/schema.ts";
import { bandsFor } from "../policy/scope.ts";
import type { ModelVoice } from "../risk/by-model.ts";
import { shownScore } from "../risk/score.ts";
import { type PickedStrategy, strategyForBand } from "../strategy/pick.ts";
import type { Ground } from "./answer.ts";
import { gate } from "./gate.ts";
import type { Gate, ModelAnswer } from "./shape.ts";

/** What a score asks for: a way to roll out, and perhaps a person, unless a guardrail allows it without. */
export type ScoreAsk = { picked: PickedStrategy; gates: (allows: readonly string[]) => Gate[] };

const name = "risk-score";

/** By the points of the weights; `of` says whose points they are where not of the whole change. */
export function pointsAsk(ground: Ground, score: number, bandScore: number, of?: string): ScoreAsk {
  const { policy, scope, thresholds } = ground;
  const from = thresholds.approval?.from;
  const whose = of === undefined ? "this one has" : `${of} come to`;
  return {
    picked: strategyForBand(policy.mapping, bandsFor(policy.mapping, scope), bandScore),
    gates(allows) {
      if (from === undefined) return [];
      if (score < from) {
        const what = of === undefined ? `The score ${score} is` : `With ${score} points ${of} are`;
        return [pass(`${what} below ${from}, from where an approval is needed.`)];
      }
      if (allows.length) return [allowed(allows)];
      const sentence = `From a score of ${from} a person approves; ${whose} ${score}.`;
      return [gate(name, "approve", "score-needs-approval", sentence)];
    },
  };
}

/** By the score of a model that leads. Below the least probability nobody is asked, however high the rank. */
export function modelAsk(
  ground: Ground,
  voice: Pick<ModelVoice, "score" | "probabilityPercent">,
  bandScore: number,
): ScoreAsk {
  const { policy, thresholds } = ground;
  const rules = thresholds.model ?? {};
  const isRank = (rules.scale ?? modelDefaults.scale) === "rank";
  const from = rules.approval?.from ?? (isRank ? modelDefaults["approval-from-rank"] : undefined);
  const least = rules.approval?.["least-probability"] ?? modelDefaults["least-probability"];
  const score = shownScore(voice.score);
  const what = isRank ? "rank" : "probability";
  const words = (percent: number) => (isRank ? `${percent}` : `${percent} %`);
  return {
    picked: strategyForBand(policy.mapping, bandsOf(ground), bandScore),
    gates(allows) {
      if (from === undefined) return [];
      if (score < from)
        return [
          pass(`The ${what} ${words(score)} is below ${words(from)}, from where an approval is needed.`),
        ];
      if (voice.probabilityPercent < least) {
        const percent = Math.round(10 * voice.probabilityPercent) / 10;
        return [
          pass(
            `The ${what} is ${words(score)}, but with a probability of ${percent} % nobody is asked: policy says from ${least} %.`,
          ),
        ];
      }
      if (allows.length) return [allowed(allows)];
      const sentence = `From a ${what} of ${words(from)} a person approves; this one has ${words(score)}.`;
      return [gate(name, "approve", "model-needs-approval", sentence)];
    },
  };
}

/** Where the score stands among the bands: in the first, in the last, or between. */
export function levelIn(ground: Ground, score: number): NonNullable<ModelAnswer["level"]> {
  const bands = bandsOf(ground);
  const index = bands.findIndex((band) => score <= band["up-to"]);
  if (index === 0) return "low";
  return index === -1 || index === bands.length - 1 ? "high" : "medium";
}

function bandsOf({ policy, scope, thresholds }: Ground): Bands {
  return modelBands(thresholds.model ?? {}, bandsFor(policy.mapping, scope));
}

function pass(sentence: string): Gate {
  return gate(name, "pass", "within-policy", sentence);
}

function allowed(allows: readonly string[]): Gate {
  const sentence = `Guardrail ${allows.join(", ")} lets this change go without an approval.`;
  return gate(name, "pass", "guardrail-allows", sentence);
}
