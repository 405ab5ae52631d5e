import { derivedNames } from "../model/columns/derived.ts";
import type { ReadModel } from "../model/model-in.ts";
import type { ModelGiven } from "./backtest.ts";

/** A model as it is judged, with until when it was taught, where it says so. */
export function givenModel(model: ReadModel): ModelGiven {
  const trainedTo = Date.parse(model.trained?.to ?? "") / 1000;
  return { model, trainedTo: Number.isFinite(trainedTo) ? trainedTo : null };
}

/** Columns that it asks for and a history lacks. To take all of one as unknown would be to judge another model. */
export function absentColumns(
  { features }: Pick<ReadModel, "features">,
  columns: readonly string[],
): string[] {
  const known = new Set([...columns, ...derivedNames(columns)]);
  return features.filter((name) => !known.has(name));
}
