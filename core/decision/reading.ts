import type { ChangeFacts } from "../change/facts.ts";
import { withoutUntrustedHistory } from "../change/trust.ts";
import type { PolicyBundle } from "../policy/schema.ts";
import { type Heard, heardOf, type ModelVoice } from "../risk/by-model.ts";
import { type Score, scoreFacts, shownScore } from "../risk/score.ts";
import { unlearntWeights } from "../risk/unlearnt.ts";
import { moreCareful } from "../strategy/care.ts";
import {
  answerAt,
  type Ground,
  type PolicyAnswer,
  type Scored,
  type Scores,
  stricterAnswer,
} from "./answer.ts";
import { modelAsk, pointsAsk, type ScoreAsk } from "./by-score.ts";

/** One way to read the facts: what they score, by the weights or by a model, and what the policy answers. */
export type Reading = {
  facts: ChangeFacts;
  exact: Score;
  heard?: Heard;
  /** The model's, where its score takes the place of the weights'. */
  voice?: ModelVoice;
  /** Then: what the weights say of the facts that it has not learnt from. */
  unlearnt?: Score;
  scores: Scores;
  answer: PolicyAnswer;
  atWorst: PolicyAnswer;
};

/**
 * Where a model leads, what it has not learnt from still counts by the weights, and the stricter holds. Whoever may push
 * a branch may write the history that it asks for: in enforced mode the stricter holds of what it says with and without.
 */
export function readingOf(facts: ChangeFacts, ground: Ground): Reading {
  const { policy } = ground;
  const exact = scoreFacts(facts, policy.weights);
  const [heard, other] = heardBothWays(facts, ground, shownScore(exact.score));
  const voice = leadingVoice(heard);
  const extra = caution(facts, policy);
  const bandOf = (score: number) => shownScore(Math.min(100, score + extra));

  const leader = voice ?? leadingVoice(other);
  const rest = leader && scoreFacts(facts, unlearntWeights(policy.weights, leader.model.model.features));
  const scoredAt = (which: "score" | "worst", told = heard): Scored => {
    const points = pointsAsk(ground, shownScore(exact[which]), bandOf(exact[which]));
    const askOf = (one: Heard | undefined): ScoreAsk => {
      const own = leadingVoice(one);
      return own ? modelAsk(ground, own, bandOf(own.score)) : points;
    };
    const unlearnt = rest && pointsAsk(ground, shownScore(rest[which]), bandOf(rest[which]), unlearntWords);
    const own = leadingVoice(told);
    const score = own ? own.score : exact[which];
    return {
      scores: {
        risk_score: shownScore(score),
        band_score: bandOf(score),
        worst_score: shownScore(Math.max(own?.score ?? 0, exact.worst)),
      },
      ...knownOf(told),
      asks: [askOf(heard), ...(other ? [askOf(other)] : []), ...(unlearnt ? [unlearnt] : [])],
    };
  };
  // Guardrails and overrides ask for the score as well: forged history must not hide it from them either.
  const answerBy = (which: "score" | "worst"): PolicyAnswer => {
    const own = answerAt(facts, ground, scoredAt(which));
    return other ? stricterAnswer(own, answerAt(facts, ground, scoredAt(which, other))) : own;
  };
  const scored = scoredAt("score");
  const answer = answerBy("score");
  return {
    facts,
    exact,
    ...(heard ? { heard } : {}),
    ...(voice && rest ? { voice, unlearnt: rest } : {}),
    scores: scored.scores,
    answer:
      voice && rest
        ? { ...answer, notes: [...answer.notes, ...outbidNote(scored.asks, rest.score)] }
        : answer,
    atWorst: answerBy("worst"),
  };
}

/** The score of other facts by whoever scored these; undefined where it would be somebody else. */
export function scoreLike({ voice }: Reading, facts: ChangeFacts, ground: Ground): number | undefined {
  if (!voice) return scoreFacts(facts, ground.policy.weights).score;
  return leadingVoice(heardBothWays(facts, ground, 0)[0])?.score;
}

const unlearntWords = "facts that the model has not learnt from";

/** Said where the strategy is not that of the score that is shown. */
function outbidNote([own, ...others]: Scored["asks"], points: number): string[] {
  const unlearnt = others.at(-1)?.picked;
  if (!unlearnt || !moreCareful(unlearnt.kind, own.picked.kind)) return [];
  return [
    `By the weights ${unlearntWords} come to ${shownScore(points)} points, which ask for ${unlearnt.name}.`,
  ];
}

/** The reading with the higher score is shown; what is asked of people is the stricter of both. */
export function stricterReading(one: Reading, other: Reading): Reading {
  const size = ({ voice, exact }: Reading) => voice?.score ?? exact.score;
  const shown = size(other) > size(one) ? other : one;
  return {
    ...shown,
    answer: stricterAnswer(one.answer, other.answer),
    atWorst: stricterAnswer(one.atWorst, other.atWorst),
  };
}

function leadingVoice(heard: Heard | undefined): ModelVoice | undefined {
  return heard?.leads ? heard.voice : undefined;
}

/** With untrusted history and, in enforced mode, without. Where the model leads both ways, the higher score comes first. */
function heardBothWays(facts: ChangeFacts, { policy, thresholds, mode }: Ground, heuristicScore: number) {
  const hear = (some: ChangeFacts) => heardOf(some, policy, thresholds.model, heuristicScore);
  const one = hear(facts);
  const bare = mode === "enforced" && one?.answer.state === "enforced" && withoutUntrustedHistory(facts);
  if (!bare) return [one];
  const other = hear(bare);
  const [first, second] = [leadingVoice(one), leadingVoice(other)];
  return first && second && second.score > first.score ? [other, one] : [one, other];
}

/** Guardrails may ask for these only where the model counts. */
function knownOf(heard: Heard | undefined): Pick<Scored, "rank" | "probability"> {
  if (heard?.answer.state !== "enforced") return {};
  const { rank, probability } = heard.answer;
  return { ...(rank ? { rank: rank.percent } : {}), ...(probability === undefined ? {} : { probability }) };
}

function caution(facts: ChangeFacts, policy: PolicyBundle): number {
  const extra = (facts.service?.platforms ?? []).map((platform) => policy.weights.caution?.[platform] ?? 0);
  return Math.max(0, ...extra);
}
