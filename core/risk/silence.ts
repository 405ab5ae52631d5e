import type { ChangeFacts } from "../change/facts.ts";
import type { ReasonCode } from "../decision/shape.ts";
import { driftSentence } from "../learning/drift.ts";
import type { Spoken } from "../model/speak.ts";
import type { ModelThatSpeaks, PolicyModel } from "../policy/bundle/model.ts";
import { durationSeconds } from "../policy/duration.ts";
import { type ModelRules, modelDefaults } from "../policy/schema.ts";

/** Why a model does not count, and what to do about it. */
export type Silence = { reason_code: ReasonCode; sentence: string };

export function absence(model: PolicyModel | undefined): Silence | undefined {
  if (model === undefined) {
    const sentence =
      "The policy has rules for a model, and there is no model.json beside it: learn one, or remove the rules.";
    return { reason_code: "model-missing", sentence };
  }
  if (model.broken === undefined) return undefined;
  const remedy = "Learn it anew, or take back the change that broke it.";
  return { reason_code: "model-broken", sentence: `${model.fileName}: ${model.broken} ${remedy}` };
}

/** The model is there, and what it says of this change does not count. */
export function unheard(
  facts: ChangeFacts,
  { model, version }: ModelThatSpeaks,
  { unknownShare }: Pick<Spoken, "unknownShare">,
  rules: ModelRules,
): Silence | undefined {
  const after = rules["stale-after"] ?? modelDefaults["stale-after"];
  const days = daysBetween(model.trained?.to, facts.context?.day);
  if (days !== undefined && days * 86_400 > durationSeconds(after)) {
    const sentence = `The newest change that the model has learnt from is ${days} days old; policy allows ${after}. Learn it anew.`;
    return { reason_code: "model-stale", sentence };
  }
  const most = rules["most-unknowns"] ?? modelDefaults["most-unknowns"];
  const unknown = 100 * unknownShare;
  if (unknown > most) {
    const sentence = `Of what the model asks about a change ${Math.round(unknown)} % is not known; policy allows ${most} %. Collect the history that it learnt from.`;
    return { reason_code: "model-unknowns", sentence };
  }
  const drift = driftSentence(facts.history?.model_calibration, version, rules.drift);
  if (drift === undefined) return undefined;
  return { reason_code: "model-drifted", sentence: `${drift} Learn the model anew.` };
}

/** Why a model may speak and decides nothing, whatever policy says. */
export function unproven({ model }: ModelThatSpeaks, rules: ModelRules): Silence | undefined {
  const least = rules["least-labels"] ?? modelDefaults["least-labels"];
  const rows = model.trained?.rows;
  if ((rows ?? 0) < least) {
    const learnt =
      rows === undefined ? "does not say how much it has learnt from" : `has learnt from ${rows} changes`;
    const sentence = `The model ${learnt}; policy asks for ${least} of known outcome, so it stays in shadow.`;
    return { reason_code: "model-unproven", sentence };
  }
  if ((rules.scale ?? modelDefaults.scale) !== "rank" || model.standing) return undefined;
  const sentence =
    "The model does not tell what recent changes were given, so that no rank follows and it stays in shadow: choose scale: probability.";
  return { reason_code: "model-unproven", sentence };
}

/** Whole days from an instant to a day; undefined where one of them is no date. */
function daysBetween(from: string | undefined, day: string | null | undefined): number | undefined {
  const days = (Date.parse(day ?? "") - Date.parse(from?.slice(0, 10) ?? "")) / 86_400_000;
  return Number.isNaN(days) ? undefined : days;
}
