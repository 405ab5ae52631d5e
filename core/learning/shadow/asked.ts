import type { Ground } from "../../decision/answer.ts";
import { modelAsk, pointsAsk, type ScoreAsk } from "../../decision/by-score.ts";
import { modelDefaults, type PolicyBundle, type StrategyKind } from "../../policy/schema.ts";
import { thresholdsFor } from "../../policy/scope.ts";
import { shownScore } from "../../risk/score.ts";
import type { ShadowRelease } from "./releases.ts";

/** What weights or model, each alone, ask of a release under today's policy. */
export type Ask = { strategy: StrategyKind; approval: boolean };

/** A release with a known end of which both of them spoke. */
export type Compared = ShadowRelease & {
  went: "failed" | "well";
  model: NonNullable<ShadowRelease["model"]>;
  heuristicAsks: Ask;
  modelAsks: Ask;
};

/** Undefined where it is not known how it went, or where the model said nothing on policy's scale. */
export function comparedOf(release: ShadowRelease, policy: PolicyBundle): Compared | undefined {
  const { went, model, heuristicScore, service, environment } = release;
  if (model === undefined || (went !== "failed" && went !== "well")) return undefined;
  const scope = { service, environment };
  const thresholds = thresholdsFor(policy.thresholds, scope);
  const ground: Ground = { policy, thresholds, scope, mode: "enforced" };
  const weights = pointsAsk(ground, heuristicScore, heuristicScore);
  const probabilityPercent = 100 * model.probability;
  const scale = thresholds.model?.scale ?? modelDefaults.scale;
  const score = scale === "probability" ? probabilityPercent : model.rankPercent;
  if (score === undefined) return undefined;
  const voice = { score, probabilityPercent };
  const learnt = scale === "points" ? weights : modelAsk(ground, voice, shownScore(score));
  return { ...release, went, model, heuristicAsks: askOf(weights), modelAsks: askOf(learnt) };
}

function askOf({ picked, gates }: ScoreAsk): Ask {
  return { strategy: picked.kind, approval: gates([]).some(({ verdict }) => verdict === "approve") };
}
