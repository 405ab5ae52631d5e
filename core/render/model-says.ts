import type { Decision, ModelAnswer, ServiceDecision } from "../decision/shape.ts";
import { counted, odds } from "./numbers.ts";
import type { Voice } from "./sentences.ts";

/** What the model says, in words that every renderer uses. */

type Answer = Pick<ServiceDecision, "risk_score" | "model">;

/** True where the score is the model's and not the weights'. */
export function modelLeads({ model }: Pick<Answer, "model">): boolean {
  return model?.level !== undefined;
}

/** "47 / 100", "rank 93 / 100" or "11 % likely to fail". */
export function scoreWords(answer: Answer): string {
  const { risk_score: score, model } = answer;
  if (!modelLeads(answer) || model?.scale === "points") return `${score} / 100`;
  return model?.scale === "rank" ? `rank ${score} / 100` : `${score} % likely to ${failsWords(model)}`;
}

/** The same for a column of a table. */
export function scoreInShort(answer: Answer): string {
  const isProbability = modelLeads(answer) && answer.model?.scale === "probability";
  return `${answer.risk_score}${isProbability ? " %" : ""}`;
}

function failsWords(model: ModelAnswer | undefined): string {
  return model?.outcome === "rolled-back" ? "be rolled back" : "fail";
}

/** "Riskier than 93 % of the last 2,000 changes; about 1 in 9 such changes failed." */
export function modelRisk({ rank, probability, outcome }: ModelAnswer): string | undefined {
  if (probability === undefined) return undefined;
  const share = odds(probability);
  const verb =
    outcome === "rolled-back" ? `${share.includes("1 in") ? "was" : "were"} rolled back` : "failed";
  const alike = `${share} such changes ${verb}`;
  if (!rank) return `${alike.charAt(0).toUpperCase()}${alike.slice(1)}.`;
  const percent = Math.round(rank.percent);
  const than = percent >= 100 ? "all" : `${percent} %`;
  const others = `the last ${counted(rank.changes, "change")}`;
  return `${percent <= 0 ? "No riskier than any" : `Riskier than ${than}`} of ${others}; ${alike}.`;
}

/** Who decides, where there is a model that is more than a shadow; the weights' score stands beside it. */
export function modelSentence(decision: Decision): string | undefined {
  const { model } = decision;
  if (!model?.spoke || model.state === "shadow") return undefined;
  if (modelLeads(decision))
    return `The model decides; by the weights the change scores ${model.heuristic_score} of 100.`;
  const decides =
    model.state === "advisory" ? "advisory, decides nothing" : "beside the weights, which decide";
  return `The model (${decides}): ${lowered(modelRisk(model))}`;
}

/** One quiet line for what is recorded alone. */
export function shadowSentence({ model }: Decision, voice: Voice): string | undefined {
  if (model?.state !== "shadow") return undefined;
  const why = model.sentence && `${voice.show(model.sentence, 300)} (${voice.name(model.reason_code ?? "")})`;
  if (!model.spoke)
    return `Model in shadow, which decides nothing: it does not speak here. ${why ?? ""}`.trim();
  return [`Model in shadow, which decides nothing: ${lowered(modelRisk(model))}`, why]
    .filter(Boolean)
    .join(" ");
}

function lowered(sentence: string | undefined): string {
  return sentence ? `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}` : "";
}

/** What the points of the reasons are, where they are a model's. */
export function rescaledSentence(decision: Decision): string | undefined {
  if (!modelLeads(decision)) return undefined;
  const unit = decision.model?.scale === "rank" ? "Points of rank" : "Percentage points";
  return `${unit}, rescaled from the model's log-odds.`;
}

/** "model@0123…", "heuristic", or both where one only advises. */
export function scorerName(decision: Decision, show: (text: string) => string): string {
  if (decision.model_version === undefined) return "heuristic";
  const version = show(decision.model_version);
  return modelLeads(decision) ? version : `heuristic, ${version} beside it`;
}
