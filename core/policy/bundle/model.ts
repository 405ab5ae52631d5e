import { median } from "simple-statistics";
import { UserError } from "../../errors.ts";
import { sha256 } from "../../evidence/canonical.ts";
import { modelIn, type ReadModel } from "../../model/model-in.ts";
import { type RiskWeights, riskWeights } from "../schema/risk-weights.ts";
import { parseYamlDocument } from "../yaml/document.ts";
import { largestModelMib, modelFileNames } from "./model-files.ts";

/** The model of a bundle. One that cannot be read breaks nothing: the weights decide, and say why. */
export type PolicyModel =
  | { fileName: string; version: string; broken: string }
  | {
      fileName: string;
      version: string;
      broken?: undefined;
      model: ReadModel;
      /** The middle of what recent changes had, by column. */
      typical: ReadonlyMap<string, number>;
      /** The shipped weights, whose points are a column: a policy's own would not mean what was learnt from. */
      heuristic: RiskWeights | undefined;
    };
export type ModelThatSpeaks = Extract<PolicyModel, { model: ReadModel }>;

export function policyModelIn(
  files: ReadonlyMap<string, string>,
  shipped: ReadonlyMap<string, string> | undefined,
): PolicyModel | undefined {
  const held = modelFileNames.flatMap((name) => {
    const text = files.get(name);
    return text === undefined ? [] : [{ name, text: text.replaceAll("\r\n", "\n") }];
  });
  const [first, second] = held;
  if (first === undefined) return undefined;
  const version = `model@${sha256(held.map(({ text }) => text).join("\n")).slice(0, 12)}`;
  const named = { fileName: first.name, version };
  if (second !== undefined) return { ...named, broken: "There are model.json and model.txt; keep one." };
  if (first.text.length > largestModelMib * 1024 * 1024)
    return { ...named, broken: `The file is larger than ${largestModelMib} MiB.` };
  try {
    const model = modelIn(first.text);
    return { ...named, model, typical: typicalOf(model), heuristic: weightsIn(shipped) };
  } catch (error) {
    return { ...named, broken: error instanceof UserError ? error.message : "It cannot be read." };
  }
}

function weightsIn(shipped: ReadonlyMap<string, string> | undefined): RiskWeights | undefined {
  const file = "risk-weights.yaml";
  return parseYamlDocument(shipped?.get(file) ?? "", file, riskWeights).value;
}

function typicalOf({ features, window }: ReadModel): Map<string, number> {
  const middles = new Map<string, number>();
  for (const [index, name] of features.entries()) {
    const known = [...(window.columns[index] ?? [])].filter((value) => !Number.isNaN(value));
    if (known.length > 0) middles.set(name, median(known));
  }
  return middles;
}
