import type { ChangeFacts } from "../change/facts.ts";
import type { ModelAnswer } from "../decision/shape.ts";
import { columnsOf } from "../learning/columns.ts";
import type { Model } from "../model/model.ts";
import { probabilityOf } from "../model/predict.ts";
import { percentBelow, type Spoken, speaker } from "../model/speak.ts";
import type { ModelThatSpeaks } from "../policy/bundle/model.ts";
import { type ModelRules, modelDefaults, type PolicyBundle, type ScoreScale } from "../policy/schema.ts";
import { columnWords } from "./column-words.ts";
import { rescaled } from "./rescale.ts";
import { absence, type Silence, unheard, unproven } from "./silence.ts";

/** What the model says of a change. */
export type Heard = {
  answer: ModelAnswer;
  /** Absent where it does not speak. */
  voice?: ModelVoice;
  /** True where its score takes the place of the weights'. */
  leads: boolean;
  /** Why it counts for less than policy would let it. */
  note?: string;
};
export type ModelVoice = {
  model: ModelThatSpeaks;
  /** On its scale, before any rounding. */
  score: number;
  reference: number;
  probabilityPercent: number;
  /** Columns that nobody knows. */
  unknown: string[];
};

/** Undefined where the policy knows of no model. */
export function heardOf(
  facts: ChangeFacts,
  { model, weights }: Pick<PolicyBundle, "model" | "weights">,
  given: ModelRules | undefined,
  heuristicScore: number,
): Heard | undefined {
  if (model === undefined && given === undefined) return undefined;
  const rules = given ?? {};
  const scale = rules.scale ?? modelDefaults.scale;
  const frame = { state: rules.state ?? modelDefaults.state, scale, heuristic_score: heuristicScore };
  const absent = absence(model);
  if (absent || model === undefined || model.broken !== undefined) {
    const version = model && { version: model.version };
    return {
      answer: { ...version, ...frame, spoke: false, ...absent },
      ...noteOf(absent, rules),
      leads: false,
    };
  }
  const columns = columnsOf(facts, model.heuristic ?? weights, weights["author-facts"] === true);
  const spoken = speakerOf(model.model)(columns);
  const { version } = model;
  const silence = unheard(facts, model, spoken, rules);
  if (silence) {
    return {
      answer: { version, ...frame, spoke: false, ...silence },
      ...noteOf(silence, rules),
      leads: false,
    };
  }
  const doubt = unproven(model, rules);
  const state = doubt ? "shadow" : frame.state;
  const { said, voice } = onScale(spoken, model, scale);
  return {
    answer: { version, ...frame, state, spoke: true, ...doubt, ...said },
    voice,
    leads: state === "enforced" && scale !== "points",
    ...noteOf(doubt, rules),
  };
}

type Speaker = ReturnType<typeof speaker>;
const speakers = new WeakMap<Model, Speaker>();

/** What can be worked out once for a model is; a bundle stays plain data, which a thread can be given. */
function speakerOf(model: Model): Speaker {
  const known = speakers.get(model) ?? speaker(model);
  speakers.set(model, known);
  return known;
}

/** A shadow changes nothing, and so is silent also about its silence: the document has it. */
function noteOf(silence: Silence | undefined, rules: ModelRules): { note?: string } {
  if (!silence || (rules.state ?? modelDefaults.state) === "shadow") return {};
  return { note: `The weights decide, without the model (${silence.reason_code}). ${silence.sentence}` };
}

/** On the scale points the model only speaks beside the weights: then as a rank, where it tells one. */
function onScale(spoken: Spoken, model: ModelThatSpeaks, wanted: ScoreScale) {
  const { standing, window, trained } = model.model;
  const measure = (logOdds: number) =>
    standing === undefined || wanted === "probability"
      ? 100 * probabilityOf(logOdds)
      : percentBelow(standing, logOdds);
  const { probability, logOdds, bias, contributors, rankPercent } = spoken;
  const points = rescaled(
    contributors.map((one) => one.logOdds),
    bias,
    measure,
  );
  const said = {
    probability,
    outcome: trained?.outcome ?? ("failed" as const),
    ...(rankPercent === null
      ? {}
      : { rank: { percent: rankPercent, changes: standing?.changes ?? window.columns[0]?.length ?? 0 } }),
    bias,
    log_odds: logOdds,
    contributors: contributors
      .map(({ name, value, logOdds: log_odds }, index) => {
        const typical = model.typical.get(name);
        return {
          name,
          ...(value === undefined ? {} : { value }),
          ...(typical === undefined ? {} : { typical }),
          log_odds,
          points: points[index] ?? 0,
          sentence: columnWords(name),
        };
      })
      .sort(bySize),
  };
  const voice: ModelVoice = {
    model,
    score: measure(logOdds),
    reference: measure(bias),
    probabilityPercent: 100 * probability,
    unknown: contributors.flatMap(({ name, value }) =>
      value === undefined && model.model.features.includes(name) ? [name] : [],
    ),
  };
  return { said, voice };
}

type Sized = { name: string; log_odds: number };

function bySize(left: Sized, right: Sized): number {
  return Math.abs(right.log_odds) - Math.abs(left.log_odds) || (left.name < right.name ? -1 : 1);
}
