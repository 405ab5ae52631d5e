import { authorColumnNames, columnNames } from "../../../learning/columns.ts";
import type { ModelRules, Thresholds } from "../../schema.ts";
import type { Problem } from "../../yaml/problem.ts";
import { quoted } from "../../yaml/quoted.ts";
import type { BundleDocuments } from "../files.ts";
import type { PolicyModel } from "../model.ts";

/** A model that cannot be read: the bundle decides without it, and says so every time. */
export function brokenModel(model: PolicyModel | undefined): Problem[] {
  if (model?.broken === undefined) return [];
  const message = `${model.broken} Until it is mended or removed, the weights decide`;
  return [{ file: model.fileName, message }];
}

/** What is allowed in `model` and hardly meant. */
export function modelWarnings(
  { thresholds, weights }: BundleDocuments,
  model: PolicyModel | undefined,
): Problem[] {
  if (thresholds?.value === undefined) return [];
  const { value, problemAt } = thresholds;
  const parts: { path: PropertyKey[]; part: Thresholds }[] = [
    { path: ["defaults"], part: value.defaults },
    ...(value.scopes ?? []).map((part, index) => ({ path: ["scopes", index], part })),
  ];
  const hasCaution = Object.keys(weights?.value?.caution ?? {}).length > 0;
  const ofParts = parts.flatMap(({ path, part }) => {
    const own = part.model;
    if (own === undefined) return [];
    const at = (key: keyof ModelRules, message: string) => problemAt([...path, "model", key], message);
    const rules = { ...value.defaults.model, ...own };
    const warnings: Problem[] = [];
    if (model === undefined) {
      const message =
        "model: there is no model.json in this folder, so the weights decide; learn one, or leave it out";
      warnings.push(problemAt([...path, "model"], message));
    }
    if (own.state === "enforced" && rules.scale === "points") {
      const message =
        "state: enforced decides nothing on the scale points, except what guardrails ask of probability and rank";
      warnings.push(at("state", message));
    } else if (own.state === "enforced" && rules["enforce-when"] === undefined) {
      const message =
        "state: enforced, and enforce-when does not say what the model had to show for it; write it down";
      warnings.push(at("state", message));
    }
    if (own.scale === "probability" && hasCaution) {
      const message =
        "scale: the caution of risk-weights.yaml adds to the score, which here is a probability in percent";
      warnings.push(at("scale", message));
    }
    if (rules.scale !== "probability" && rules.scale !== "points" && lacksStanding(model)) {
      const message = `model: ${model?.fileName} does not tell what recent changes were given, so no rank follows; choose scale: probability`;
      warnings.push(problemAt([...path, "model"], message));
    }
    return warnings;
  });
  return [...ofParts, ...strangeColumns(model, weights?.value?.["author-facts"] === true)];
}

/** What no decision knows stays unknown, and a model of too many unknowns never speaks. */
function strangeColumns(model: PolicyModel | undefined, withAuthor: boolean): Problem[] {
  if (model === undefined || model.broken !== undefined) return [];
  const known = [...columnNames, ...(withAuthor ? authorColumnNames : [])];
  const strange = model.model.features.filter((name) => !known.includes(name));
  if (strange.length === 0) return [];
  const names = strange.slice(0, 8).map((name) => quoted(name));
  const message = `asks for columns that no decision knows: ${names.join(", ")}${strange.length > names.length ? ", …" : ""}; known are ${known.join(", ")}`;
  return [{ file: model.fileName, message }];
}

function lacksStanding(model: PolicyModel | undefined): boolean {
  return model !== undefined && model.broken === undefined && model.model.standing === undefined;
}
